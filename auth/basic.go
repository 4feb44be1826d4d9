package auth

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"runtime"
	"time"

	"daycairn/backend"
)

// Options say what Basic works with. Only Store is needed.
type Options struct {
	Store   backend.Store
	Proxies Proxies          // whose X-Forwarded-For is believed when failures are counted
	Cost    Cost             // of new hashes; DefaultCost when zero
	Now     func() time.Time // time.Now when nil
	Rand    io.Reader        // crypto/rand when nil
	Log     *slog.Logger     // of what goes wrong beside a login that went right; slog.Default when nil
}

// Basic is RFC 7617 with a login password or an app password. It is safe for concurrent use.
type Basic struct {
	store   backend.Store
	proxies Proxies
	cost    Cost
	now     func() time.Time
	rand    io.Reader
	log     *slog.Logger

	dummy    phc // hashed against where there is nothing to hash against
	memory   *memory
	throttle *throttle
	gate     *gate
	uses     lastUses
	verify   func(phc, string) bool // phc.verify; tests count it
}

// NewBasic draws the keys of this process.
func NewBasic(o Options) (*Basic, error) {
	b := &Basic{
		store: o.Store, proxies: o.Proxies, cost: o.Cost, now: o.Now, rand: o.Rand, log: o.Log,
		throttle: newThrottle(),
		gate:     newGate(runtime.GOMAXPROCS(0), gateQueue, gateWait),
		verify:   phc.verify,
	}
	if b.cost == (Cost{}) {
		b.cost = DefaultCost
	}
	if b.now == nil {
		b.now = time.Now
	}
	if b.rand == nil {
		b.rand = rand.Reader
	}
	if b.log == nil {
		b.log = slog.Default()
	}
	key := make([]byte, 32)
	b.dummy = phc{cost: b.cost, salt: make([]byte, saltSize), key: make([]byte, keySize)}
	for _, p := range [][]byte{key, b.dummy.salt, b.dummy.key} {
		if _, err := io.ReadFull(b.rand, p); err != nil {
			return nil, fmt.Errorf("draw keys: %w", err)
		}
	}
	b.memory = newMemory(key)
	return b, nil
}

// Authenticate implements Method.
func (b *Basic) Authenticate(r *http.Request) (Identity, error) {
	name, password, err := basicPair(r.Header)
	if err != nil {
		return Identity{}, err
	}
	a, err := b.account(r.Context(), name)
	if err != nil {
		return Identity{}, err
	}
	now := b.now()
	dev := device{account: a.folded, at: Place(b.proxies.Client(r))}
	// An app password cannot be guessed: it needs no throttle, and none may lock a phone out.
	if c, ok := findApp(a.creds, password); ok && !a.Disabled {
		return b.admit(a, c, dev, now), nil
	}
	return b.byLogin(r.Context(), a, password, dev, now)
}

// byLogin checks a login password: by memory, or else by one hash, whoever the account is and whether there is one.
func (b *Basic) byLogin(ctx context.Context, a account, password string, dev device, now time.Time) (Identity, error) {
	mark := a.mark(b.memory, dev.at, password)
	switch b.memory.recall(mark, now) {
	case right:
		return b.admit(a, a.login, dev, now), nil
	case wrong:
		// The same wrong password again is no further guess: a phone that was not told of a change repeats it.
		return Identity{}, ErrWrong
	}
	if d := b.throttle.wait(dev, now); d > 0 {
		return Identity{}, throttled(d)
	}
	if err := b.gate.enter(ctx); err != nil {
		return Identity{}, fmt.Errorf("wait for a turn to check a password: %w", err)
	}
	ok, err := b.hashOnce(a, password, mark, dev, now)
	b.gate.leave()
	switch {
	case err != nil:
		return Identity{}, err
	case !ok:
		return Identity{}, ErrWrong
	}
	if a.stored.cost.weaker(b.cost) {
		b.rehash(ctx, a, password)
	}
	return b.admit(a, a.login, dev, now), nil
}

// hashOnce runs with a turn at the gate. While it waited, another request of the same burst may have found out.
func (b *Basic) hashOnce(a account, password string, mark [32]byte, dev device, now time.Time) (bool, error) {
	if v := b.memory.recall(mark, now); v != unknown {
		return v == right, nil
	}
	try, wait := b.throttle.begin(dev, now)
	if wait > 0 {
		return false, throttled(wait)
	}
	ok := b.verify(a.stored, password) && a.open
	if ok {
		b.throttle.undo(try, now)
	}
	b.memory.note(mark, ok, now)
	return ok, nil
}

// admit notes the use.
func (b *Basic) admit(a account, c backend.Credential, dev device, now time.Time) Identity {
	b.uses.note(c.ID, now)
	b.throttle.know(dev, now)
	return Identity{Principal: a.Principal, Credential: c.ID, ReadOnly: c.Scope == backend.ReadScope}
}

// rehash stores the password at today's cost. That it cannot is no reason to turn a right password away.
func (b *Basic) rehash(ctx context.Context, a account, password string) {
	hash, err := b.cost.hash(password, b.rand)
	if err == nil {
		by := backend.Actor{Principal: a.ID, Credential: a.login.ID, Agent: backend.Server.Agent}
		err = b.store.Update(ctx, by, func(w backend.Writer) error { return replaceLogin(w, a.login, hash) })
	}
	if err != nil && !errors.Is(err, errChanged) {
		b.log.Warn("password not hashed anew", "principal", a.ID, "err", err)
	}
}

var errChanged = errors.New("password was changed meanwhile")

// replaceLogin writes a new hash of the same password, unless the password is another one by now.
func replaceLogin(w backend.Writer, old backend.Credential, hash string) error {
	creds, err := w.Credentials(old.Principal)
	if err != nil {
		return err
	}
	now, ok := loginOf(creds)
	if !ok || now.Secret != old.Secret {
		return errChanged
	}
	now.Secret = hash
	_, err = w.AddCredential(now)
	return err
}
