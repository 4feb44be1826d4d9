package auth

import (
	"fmt"
	"net/netip"
	"testing"
	"time"
)

var noon = time.Date(2026, 1, 2, 12, 0, 0, 0, time.UTC)

func at(s string) netip.Prefix { return Place(netip.MustParseAddr(s)) }

// guess tries whenever it may, for so long, and counts.
func guess(th *throttle, dev func(n int) device, span time.Duration) (tried int) {
	for now := noon; now.Before(noon.Add(span)); {
		_, wait := th.begin(dev(tried), now)
		if wait == 0 {
			tried++
		}
		now = now.Add(max(wait, 10*time.Millisecond))
	}
	return tried
}

func TestThrottleBoundsGuesses(t *testing.T) {
	one := device{"alice", at("192.0.2.1")}
	hour := time.Hour
	for _, tt := range []struct {
		name string
		dev  func(n int) device
		most int
	}{
		{"one address, one account", func(int) device { return one }, 40},
		{"many addresses, one account", func(n int) device {
			return device{"alice", at(fmt.Sprintf("10.0.%d.%d", n/250, n%250+1))}
		}, 40},
		{"one address, many accounts", func(n int) device { return device{fmt.Sprint(n), one.at} }, 60},
		{"one IPv6 customer", func(n int) device {
			return device{fmt.Sprint(n), at(fmt.Sprintf("2001:db8::%x", n+1))}
		}, 60},
	} {
		if got := guess(newThrottle(), tt.dev, hour); got > tt.most || got < freeAccount {
			t.Errorf("%s: %d guesses in an hour, want %d…%d", tt.name, got, freeAccount, tt.most)
		}
	}
}

func TestThrottleDelayGrowsAndIsForgiven(t *testing.T) {
	th, dev, now := newThrottle(), device{"alice", at("192.0.2.1")}, noon
	var waits []time.Duration
	for range freeAccount + 14 {
		th.begin(dev, now)
		d := th.wait(dev, now)
		waits = append(waits, d.Round(time.Second))
		now = now.Add(d)
	}
	if waits[freeAccount-1] != 0 || waits[freeAccount] < time.Second/2 {
		t.Errorf("the first delay comes at the wrong time: %v", waits)
	}
	for i := freeAccount + 1; i < freeAccount+6; i++ {
		if waits[i] <= waits[i-1] || waits[i] > maxDelay {
			t.Errorf("delay %d does not grow: %v", i, waits)
		}
	}
	if d := th.wait(dev, now.Add(maxDelay)); d != 0 {
		t.Errorf("a delay is longer than the longest: %v", d)
	}
	now = now.Add(24 * time.Hour)
	for range freeAccount {
		if _, d := th.begin(dev, now); d != 0 {
			t.Fatalf("a day later: still a delay of %v", d)
		}
	}
}

func TestThrottleKnownDevice(t *testing.T) {
	th := newThrottle()
	home, stranger := device{"alice", at("192.0.2.1")}, device{"alice", at("198.51.100.1")}
	th.know(home, noon)
	guess(th, func(int) device { return stranger }, time.Minute)
	if th.wait(stranger, noon.Add(time.Second)) == 0 {
		t.Error("the stranger is not held back")
	}
	if d := th.wait(home, noon.Add(time.Second)); d != 0 {
		t.Errorf("the known device must wait %v for what a stranger did", d)
	}
	// Its own guesses are counted, and stop nobody else.
	if got := guess(th, func(int) device { return home }, time.Hour); got > 50 {
		t.Errorf("%d guesses from a known device in an hour", got)
	}
	if d := th.wait(device{"bob", home.at}, noon.Add(time.Hour)); d != 0 {
		t.Errorf("a neighbour of the known device must wait %v", d)
	}
	if th.wait(stranger, noon.Add(knownFor+time.Hour)) != 0 || th.knows(home, noon.Add(knownFor)) {
		t.Error("nothing is forgotten")
	}
}

func TestThrottleUndo(t *testing.T) {
	th, dev := newThrottle(), device{"alice", at("192.0.2.1")}
	for range 10 * freePlace {
		a, wait := th.begin(dev, noon)
		if wait != 0 {
			t.Fatalf("right passwords are counted: wait %v", wait)
		}
		th.undo(a, noon)
	}
}

func TestTablesAreBounded(t *testing.T) {
	tb := newTable[int, int](3)
	for i := range 10 {
		tb.put(i, i)
		tb.get(0)
	}
	if tb.len() != 3 || len(tb.byKey) != 3 {
		t.Errorf("%d entries, %d keys, want 3", tb.len(), len(tb.byKey))
	}
	if v := tb.get(0); v == nil || *v != 0 {
		t.Error("the entry in use was driven out")
	}
	if tb.get(1) != nil || tb.get(9) == nil {
		t.Error("not the oldest went")
	}
	tb.drop(9)
	tb.drop(9)
	if tb.get(9) != nil || tb.len() != 2 {
		t.Error("not dropped")
	}
}

func TestThrottledRoundsUp(t *testing.T) {
	for in, want := range map[time.Duration]time.Duration{
		1: time.Second, time.Second: time.Second, 1500 * time.Millisecond: 2 * time.Second,
	} {
		if got := throttled(in).RetryAfter; got != want {
			t.Errorf("%v: got %v, want %v", in, got, want)
		}
	}
}
