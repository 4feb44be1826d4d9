package sqlite

import (
	"cmp"
	"fmt"
	"io"
	"strings"
	"time"

	"github.com/google/uuid"

	"daycairn/backend"
)

// micros is how times are stored; the zero time is 0.
func micros(t time.Time) int64 {
	if t.IsZero() {
		return 0
	}
	return t.UnixMicro()
}

func fromMicros(n int64) time.Time {
	if n == 0 {
		return time.Time{}
	}
	return time.UnixMicro(n).UTC()
}

func randomBytes(r io.Reader, n int) ([]byte, error) {
	b := make([]byte, n)
	if _, err := io.ReadFull(r, b); err != nil {
		return nil, fmt.Errorf("random bytes: %w", err)
	}
	return b, nil
}

func newUUID(r io.Reader) (uuid.UUID, error) {
	id, err := uuid.NewRandomFromReader(r)
	if err != nil {
		return id, fmt.Errorf("random uuid: %w", err)
	}
	return id, nil
}

// joinComponents is how a list of components is stored: nil for all, else text.
func joinComponents(list []string) any {
	if list == nil {
		return nil
	}
	return strings.Join(list, ",")
}

func splitComponents(text string) []string {
	if text == "" {
		return []string{}
	}
	return strings.Split(text, ",")
}

// component gives a known component's name without a copy.
func component(b []byte) string {
	switch string(b) {
	case "VEVENT":
		return "VEVENT"
	case "VTODO":
		return "VTODO"
	case "VJOURNAL":
		return "VJOURNAL"
	case "VFREEBUSY":
		return "VFREEBUSY"
	case "VCARD":
		return "VCARD"
	}
	return string(b)
}

// compareSpans orders spans as the index does.
func compareSpans(a, b backend.Span) int {
	return cmp.Or(cmp.Compare(one(a.Alarm), one(b.Alarm)), cmp.Compare(a.To, b.To), cmp.Compare(a.From, b.From))
}
