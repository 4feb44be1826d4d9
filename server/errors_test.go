package server

import (
	"context"
	"errors"
	"fmt"
	"net/http/httptest"
	"testing"

	"daycairn/backend"
)

// What goes to the client, and that it is told apart from what is wrong with us.
func TestDescribe(t *testing.T) {
	gone, leave := context.WithCancel(context.Background())
	leave()
	for _, c := range []struct {
		name   string
		ctx    context.Context
		err    error
		status int
		ours   bool // an ERROR in the log
	}{
		{"a client that left while it waited", gone, fmt.Errorf("%w: %w", backend.ErrBusy, context.Canceled), 499, false},
		{"a client that waited in vain", context.Background(), fmt.Errorf("%w: %w", backend.ErrBusy, context.DeadlineExceeded), 503, true},
		{"a client that left while the store was held", gone, backend.ErrHold, 503, true},
		{"nothing there", context.Background(), fmt.Errorf("item 1: %w", backend.ErrNotFound), 404, false},
		{"a method that nobody knows", context.Background(), statusError(501), 501, false},
		{"an account that is full", context.Background(), backend.ErrQuota, 507, false},
		{"what nobody planned", context.Background(), errors.New("a bug of ours"), 503, true},
	} {
		r := httptest.NewRequest("PUT", "/dav/", nil).WithContext(c.ctx)
		x := (&Handler{}).exchange(httptest.NewRecorder(), r)
		if e := x.describe(c.err); e.status != c.status {
			t.Errorf("%s: %d, want %d", c.name, e.status, c.status)
		} else if ours(e.status) != c.ours {
			t.Errorf("%s: counts as a failure of ours: %v", c.name, !c.ours)
		}
	}
}
