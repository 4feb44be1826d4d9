package auth

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"daycairn/backend"
)

// Whoever is asked for, and whether there is such an account: the same answer for the same work.
func TestBasicWorkIsEqual(t *testing.T) {
	w := mustWorld(t)
	for _, tt := range []struct {
		name, password string
		in             bool
		hashes         int64
	}{
		{"alice", "sesame", true, 1},
		{"ALICE", "sesame", true, 1},
		{"Ａｌｉｃｅ", "sesame", true, 1}, // full width
		{"alice", "wrong", false, 1},
		{"alice", "", false, 1},
		{"bob", "sesame", false, 1},
		{"bob", "wrong", false, 1},
		{"carol", "wrong", false, 1},
		{"nobody", "wrong", false, 1},
		{"", "wrong", false, 1},
		{"a\x00b", "wrong", false, 1},
		{strings.Repeat("n", 1000), "wrong", false, 1},
		{"\xff\xfe", "wrong", false, 1},
		{"alice", "DAYCAIRN", false, 1},
	} {
		w.reset(t)
		id, err := w.ask(home, tt.name, tt.password)
		if (id.Credential == w.login.ID) != tt.in || (err == nil) != tt.in || err != nil && !errors.Is(err, ErrWrong) {
			t.Errorf("%.20q, %q: got %+v, %v; want in: %v", tt.name, tt.password, id, err, tt.in)
		}
		if got := w.hashes.Load(); got != tt.hashes {
			t.Errorf("%.20q, %q: %d hashes, want %d", tt.name, tt.password, got, tt.hashes)
		}
	}
}

func TestBasicAppPassword(t *testing.T) {
	w := mustWorld(t)
	for range 3 {
		if id, err := w.ask(home, "alice", w.appShown); err != nil || id.Credential != w.app.ID || id.ReadOnly || id.Principal.ID != w.alice.ID {
			t.Fatalf("got %+v, %v", id, err)
		}
		if id, err := w.ask(home, "alice", w.readShown); err != nil || id.Credential != w.reader.ID || !id.ReadOnly {
			t.Fatalf("read only: got %+v, %v", id, err)
		}
	}
	if n := w.hashes.Load(); n != 0 {
		t.Errorf("%d argon2 hashes for app passwords", n)
	}
	if _, err := w.ask(home, "carol", w.appShown); !errors.Is(err, ErrWrong) {
		t.Errorf("alice's app password for carol: %v", err)
	}
	w.revoke(t, w.app)
	if _, err := w.ask(home, "alice", w.appShown); !errors.Is(err, ErrWrong) {
		t.Errorf("revoked: %v", err)
	}
	w.setDisabled(t, true)
	if _, err := w.ask(home, "alice", w.readShown); !errors.Is(err, ErrWrong) {
		t.Errorf("disabled: %v", err)
	}
}

func TestBasicRemembersUntilAChange(t *testing.T) {
	w := mustWorld(t)
	must := func(password string, want error, hashes int64) {
		t.Helper()
		w.hashes.Store(0)
		for range 5 {
			if _, err := w.ask(home, "alice", password); !errors.Is(err, want) {
				t.Fatalf("%s: got %v, want %v", password, err, want)
			}
		}
		if got := w.hashes.Load(); got != hashes {
			t.Fatalf("%s: %d hashes, want %d", password, got, hashes)
		}
	}
	must("sesame", nil, 1)
	must("open", ErrWrong, 1)
	must("sesame", nil, 0)
	w.at = w.at.Add(rememberRight)
	must("sesame", nil, 1)
	w.setPassword(t, "open")
	must("sesame", ErrWrong, 1)
	must("open", nil, 1)
	w.setDisabled(t, true)
	must("open", ErrWrong, 1)
	w.setDisabled(t, false)
	must("open", nil, 0)
	w.revoke(t, w.login)
	must("open", ErrWrong, 1)
	w.change(t, func(tx backend.Writer) error { return tx.DeletePrincipal(w.alice.ID) })
	must("open", ErrWrong, 0) // no login password and no account are the same state
}

func TestBasicThrottles(t *testing.T) {
	w := mustWorld(t)
	if _, err := w.ask(home, "alice", "sesame"); err != nil {
		t.Fatal(err)
	}
	var th *Throttled
	const guesses = 10000
	for i := range guesses {
		_, err := w.ask(away, "alice", fmt.Sprint("guess", i))
		if err == nil || !errors.Is(err, ErrWrong) && !errors.As(err, &th) {
			t.Fatalf("guess %d: %v", i, err)
		}
		w.at = w.at.Add(time.Millisecond)
	}
	if n := w.hashes.Load(); n > freeAccount+5 {
		t.Errorf("%d of %d guesses were tried", n, guesses)
	}
	if _, err := w.ask(away, "alice", "sesame"); !errors.As(err, &th) || th.RetryAfter < time.Second {
		t.Errorf("right password from where guesses come: got %v, want Throttled", err)
	}
	w.at = w.at.Add(rememberRight)
	before := w.hashes.Load()
	if _, err := w.ask(home, "alice", "sesame"); err != nil || w.hashes.Load() != before+1 {
		t.Errorf("right password from a known device: %v", err)
	}
	if _, err := w.ask(away, "alice", w.appShown); err != nil {
		t.Errorf("app password from anywhere: %v", err)
	}
}

func TestBasicDoesNotCountRepeats(t *testing.T) {
	w := mustWorld(t)
	for range 10 * freePlace {
		if _, err := w.ask(away, "alice", "the old one"); !errors.Is(err, ErrWrong) {
			t.Fatal(err)
		}
		if _, err := w.Authenticate(&http.Request{RemoteAddr: away + ":1"}); !errors.Is(err, ErrNoCredentials) {
			t.Fatal(err)
		}
	}
	if _, err := w.ask(away, "alice", "sesame"); err != nil {
		t.Errorf("after one wrong password, often: %v", err)
	}
}

func TestBasicPassesStoreErrorsOn(t *testing.T) {
	w := mustWorld(t)
	w.mustHold(t)
	for _, password := range []string{"sesame", w.appShown, "wrong"} {
		if _, err := w.ask(home, "alice", password); !errors.Is(err, backend.ErrHold) || errors.Is(err, ErrWrong) {
			t.Errorf("got %v, want ErrHold", err)
		}
	}
}

func TestBasicRehashes(t *testing.T) {
	w := mustWorld(t)
	w.cost = Cost{Memory: 16, Time: 1, Threads: 1}
	if _, err := w.ask(home, "alice", "sesame"); err != nil {
		t.Fatal(err)
	}
	a, err := w.account(t.Context(), "alice")
	if err != nil || a.stored.cost != w.cost || a.login.Secret == w.login.Secret || a.login.Scope != backend.FullScope {
		t.Fatalf("stored as %+v, %v", a.login, err)
	}
	if id, err := w.ask(home, "alice", "sesame"); err != nil || id.Credential != a.login.ID {
		t.Errorf("got %+v, %v", id, err)
	}
	// A change between the check and the new hash stays.
	w.change(t, func(tx backend.Writer) error {
		if err := replaceLogin(tx, w.login, "x"); !errors.Is(err, errChanged) {
			t.Errorf("got %v, want errChanged", err)
		}
		return nil
	})
}

func TestBasicBurst(t *testing.T) {
	w := mustWorld(t)
	var wg sync.WaitGroup
	var failed atomic.Int64
	for range 50 {
		wg.Go(func() {
			if _, err := w.ask(home, "alice", "sesame"); err != nil {
				failed.Add(1)
			}
		})
	}
	wg.Wait()
	if failed.Load() != 0 || w.hashes.Load() > int64(cap(w.gate.turns)) {
		t.Errorf("%d failed, %d hashes for one burst at %d turns", failed.Load(), w.hashes.Load(), cap(w.gate.turns))
	}
}

// A flood of guesses runs no more hashes at a time than there are turns, and holds up no device that is logged in.
func TestBasicFlood(t *testing.T) {
	w := mustWorld(t)
	var running, most atomic.Int64
	w.Basic.verify = func(phc, string) bool {
		now := running.Add(1)
		defer running.Add(-1)
		for old := most.Load(); now > old && !most.CompareAndSwap(old, now); old = most.Load() {
		}
		time.Sleep(time.Millisecond)
		return false
	}
	var wg sync.WaitGroup
	var busy, wrong, other atomic.Int64
	for i := range 200 {
		wg.Go(func() {
			_, err := w.ask(fmt.Sprintf("10.0.%d.1", i), fmt.Sprint("user", i), "guess")
			switch {
			case errors.Is(err, ErrBusy):
				busy.Add(1)
			case errors.Is(err, ErrWrong):
				wrong.Add(1)
			default:
				other.Add(1)
			}
		})
	}
	for range 50 {
		if _, err := w.ask(home, "alice", w.appShown); err != nil {
			t.Errorf("a device during the flood: %v", err)
		}
	}
	wg.Wait()
	if other.Load() != 0 || wrong.Load() < gateQueue || most.Load() > int64(cap(w.gate.turns)) {
		t.Errorf("%d wrong, %d busy, %d other; %d hashes at a time", wrong.Load(), busy.Load(), other.Load(), most.Load())
	}
}

func TestBasicBusy(t *testing.T) {
	w := mustWorld(t)
	w.gate = newGate(1, 0, time.Hour)
	if err := w.gate.enter(context.Background()); err != nil {
		t.Fatal(err)
	}
	if _, err := w.ask(home, "alice", "sesame"); !errors.Is(err, ErrBusy) {
		t.Errorf("got %v, want ErrBusy", err)
	}
	if _, err := w.ask(home, "alice", w.appShown); err != nil {
		t.Errorf("an app password waits for nobody: %v", err)
	}
	w.gate.leave()
	if _, err := w.ask(home, "alice", "sesame"); err != nil {
		t.Error(err)
	}
	w.gate = newGate(1, 1, time.Millisecond)
	ctx, cancel := context.WithCancel(context.Background())
	if err := w.gate.enter(ctx); err != nil {
		t.Fatal(err)
	}
	if err := w.gate.enter(ctx); !errors.Is(err, ErrBusy) {
		t.Errorf("late: got %v, want ErrBusy", err)
	}
	cancel()
	w.gate.wait = time.Hour
	if err := w.gate.enter(ctx); !errors.Is(err, context.Canceled) {
		t.Errorf("gone: got %v, want Canceled", err)
	}
	if w.gate.waiting.Load() != 0 {
		t.Error("the queue does not empty")
	}
}
