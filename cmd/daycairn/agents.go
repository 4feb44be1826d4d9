package main

import "strings"

// maxAgent bounds the bytes of a User-Agent that are looked at.
const maxAgent = 512

// agents tell clients apart by their User-Agent, for the log: a class, never a device or a version. The first row
// that is contained wins; a class that borrows another's name comes before it.
var agents = []struct{ contains, class string }{
	{"DAVx5", "davx5"},
	{"ICSx5", "icsx5"},
	{"CalDavSynchronizer", "outlook"},
	{"Thunderbird", "thunderbird"},
	{"Evolution", "evolution"},
	{"gnome-online-accounts", "gnome"},
	{"GNOME", "gnome"},
	{"Akonadi", "kde"},
	{"DAV-Resource", "kde"},
	{"vdirsyncer", "vdirsyncer"},
	{"pimsync", "pimsync"},
	{"python-caldav", "python-caldav"},
	{"tsdav", "tsdav"},
	{"cadaver", "cadaver"},
	{"khal", "khal"},
	{"iOS/", "ios"},
	{"iPhone", "ios"},
	{"accountsd", "apple"},
	{"dataaccessd", "ios"},
	{"remindd", "apple"},
	{"CalendarAgent", "macos"},
	{"AddressBook", "macos"},
	{"AddressBookCore", "macos"},
	{"macOS", "macos"},
	{"Mac+OS+X", "macos"},
	{"Mac_OS_X", "macos"},
	{"OneCalendar", "onecalendar"},
	{"eM Client", "emclient"},
	{"Outlook", "outlook"},
	{"MSFT-WIN", "windows"},
	{"Go-http-client", "go"},
	{"curl/", "curl"},
	{"Mozilla/", "browser"},
}

// agentClass is a word for the program that asks.
func agentClass(ua string) string {
	if ua == "" {
		return "none"
	}
	ua = ua[:min(len(ua), maxAgent)]
	for _, a := range agents {
		if strings.Contains(ua, a.contains) {
			return a.class
		}
	}
	return "other"
}
