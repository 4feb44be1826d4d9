package vcf

import (
	"testing"

	"github.com/google/go-cmp/cmp"
)

const selected = "x\r\nBEGIN:VCARD\r\nversion:3.0\r\nUID:1\r\nFN;X=\"a:b\":Jo\r\n hn\r\n" +
	"TEL:1\r\nitem1.tel;TYPE=ho\r\n me:2\r\nItem2.TEL:3\r\nwords\r\nPHOTO;ENCODING=b:AA\r\n AA\r\n\r\nEND:VCARD\r\ny"

func TestSelect(t *testing.T) {
	type props []Prop
	const begin, end = "BEGIN:VCARD\r\nversion:3.0\r\n", "\r\nEND:VCARD\r\n"
	for _, tt := range []struct {
		name  string
		props props
		want  string
	}{
		{"everything", nil, selected},
		{"one, as it is folded", props{{Name: "FN"}}, begin + "FN;X=\"a:b\":Jo\r\n hn\r\n" + end},
		{"names have no case", props{{Name: "uid"}}, begin + "UID:1\r\n" + end},
		{"order is the card's", props{{Name: "TEL"}, {Name: "UID"}}, begin + "UID:1\r\nTEL:1\r\nitem1.tel;TYPE=ho\r\n me:2\r\nItem2.TEL:3\r\n" + end},
		{"one group", props{{Name: "item2.TEL"}}, begin + "Item2.TEL:3\r\n" + end},
		{"a group that is not there", props{{Name: "item3.TEL"}}, begin + end},
		{"none that is there", props{{Name: "X-FOO"}}, begin + end},
		{"VERSION is there always, once", props{{Name: "VERSION", NoValue: true}}, begin + end},
		{"no value", props{{Name: "FN", NoValue: true}, {Name: "PHOTO", NoValue: true}}, begin + "FN;X=\"a:b\":\r\nPHOTO;ENCODING=b:\r\n" + end},
		{"no value of a folded head", props{{Name: "item1.TEL", NoValue: true}}, begin + "item1.tel;TYPE=home:\r\n" + end},
		{"a value that is asked for is given", props{{Name: "TEL", NoValue: true}, {Name: "item2.TEL"}},
			begin + "TEL:\r\nitem1.tel;TYPE=home:\r\nItem2.TEL:3\r\n" + end},
		{"in either order", props{{Name: "UID"}, {Name: "UID", NoValue: true}}, begin + "UID:1\r\n" + end},
		{"lines without a name are never asked for", props{{Name: ""}, {Name: "."}}, begin + end},
	} {
		t.Run(tt.name, func(t *testing.T) {
			if d := cmp.Diff(tt.want, string(Select([]byte(selected), tt.props))); d != "" {
				t.Errorf("selected (-want +got):\n%s", d)
			}
		})
	}
}

func TestSelectGivesWhatItCannotRead(t *testing.T) {
	for _, body := range []string{"", "hello", "BEGIN:VCARD\n", "BEGIN:VCALENDAR\nEND:VCALENDAR\n"} {
		if got := string(Select([]byte(body), []Prop{{Name: "FN"}})); got != body {
			t.Errorf("%q became %q", body, got)
		}
	}
}
