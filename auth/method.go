package auth

import (
	"errors"
	"fmt"
	"net/http"
	"time"

	"daycairn/backend"
)

// Challenge is the value of WWW-Authenticate that goes with a 401 (RFC 7617 §2.1).
const Challenge = `Basic realm="daycairn", charset="UTF-8"`

// Identity is who asks, as a Method found out.
type Identity struct {
	Principal  backend.Principal
	Credential int64 // 0: none of ours, a proxy vouches
	ReadOnly   bool  // the credential may not write
}

// A Method finds out who asks.
//
// It returns ErrNoCredentials when the request names nobody in the way that the method understands, ErrWrong when
// what it says is not true, *Throttled when too much of that came before, and ErrBusy when there is no turn for
// checking now. Errors of the store are wrapped and passed on: an account database that is down is not a wrong
// password (503, never 401, or people delete accounts that keep asking).
type Method interface {
	Authenticate(r *http.Request) (Identity, error)
}

// The errors of a Method, to be tested with errors.Is; *Throttled with errors.As.
var (
	// ErrNoCredentials asks for the challenge. It is never counted as a failure: Apple's clients begin every burst
	// so.
	ErrNoCredentials = errors.New("no credentials")
	// ErrWrong covers an unknown name, a wrong password, a revoked credential and a disabled account alike.
	ErrWrong = errors.New("wrong credentials")
	// ErrBusy: the queue before the password hash is full.
	ErrBusy = errors.New("too many logins at once")
)

// Throttled says that nothing was checked since too many wrong passwords came before.
type Throttled struct {
	RetryAfter time.Duration // at least a second, whole seconds
}

func (e *Throttled) Error() string {
	return fmt.Sprintf("too many wrong passwords: wait %s", e.RetryAfter)
}

// A Chain asks its methods in order. The first that does not say ErrNoCredentials decides.
type Chain []Method

// Authenticate implements Method.
func (c Chain) Authenticate(r *http.Request) (Identity, error) {
	for _, m := range c {
		id, err := m.Authenticate(r)
		if !errors.Is(err, ErrNoCredentials) {
			return id, err
		}
	}
	return Identity{}, ErrNoCredentials
}
