package server

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/base64"
	"errors"
	"fmt"
	"net/http"
	"slices"
	"strconv"
	"strings"

	"daycairn/backend"
)

// A position is how far a listing has come: of a collection's members, or of a home's collections.
type position struct {
	scope   string       // names the listing for ever
	seq     int64        // of the last change that is included
	changed int64        // the version that the listing had: what a fork of epochs is measured by
	mark    backend.Mark // of changed: what tells a history from another that took its place
	head    int64        // of a paged first sync: tombstones up to here are left out; else 0
	within  int64        // of a page that ends in the middle of change seq+1: the last collection that it told of; else 0
}

// members is the position at the end of a collection's members.
func members(c *backend.Collection) position {
	return position{scope: c.PublicID, seq: c.Seq, changed: c.Changed, mark: c.Mark}
}

// collections is the position at the end of a home's collections. state and mark are Reader.HomeState.
func collections(p *backend.Principal, f *family, state int64, mark backend.Mark) position {
	return position{scope: string(f.kind) + "-" + p.UUID, seq: state, changed: state, mark: mark}
}

// lineage is what tokens are made with. It stays the same while a store is open.
type lineage struct {
	store  string
	key    []byte
	epochs []backend.Epoch
}

const (
	tokenPrefix = "data:," // a URI with a colon: GNOME uses no other (clients.md A7)
	tokenShort  = 8        // of an id, where the MAC covers the whole
	tokenMark   = 8        // a Mark in base64
	tokenMAC    = 16       // bytes: 128 bits
	maxToken    = 512
)

// token writes a position as a DAV:sync-token (RFC 6578 §6.2):
//
//	data:,STORE.EPOCH.SCOPE.SEQ.CHANGED.MARK[.HEAD[.WITHIN]].MAC
func (l *lineage) token(p position) string {
	e := l.epochs[len(l.epochs)-1].ID
	b := make([]byte, 0, 128)
	b = append(b, tokenPrefix...)
	b = append(b, cut(l.store, tokenShort)...)
	b = append(b, '.')
	b = append(b, cut(e, tokenShort)...)
	b = append(b, '.')
	b = append(b, p.scope...)
	b = append(b, '.')
	b = strconv.AppendInt(b, p.seq, 10)
	b = append(b, '.')
	b = strconv.AppendInt(b, p.changed, 10)
	b = append(b, '.')
	b = base64.RawURLEncoding.AppendEncode(b, p.mark[:])
	if p.head != 0 || p.within != 0 {
		b = append(b, '.')
		b = strconv.AppendInt(b, p.head, 10)
	}
	if p.within != 0 {
		b = append(b, '.')
		b = strconv.AppendInt(b, p.within, 10)
	}
	b = append(b, '.')
	return string(base64.RawURLEncoding.AppendEncode(b, l.mac(e, p)))
}

// mac binds a position to this store and one of its epochs.
func (l *lineage) mac(epoch string, p position) []byte {
	m := hmac.New(sha256.New, l.key)
	fmt.Fprintf(m, "%q %q %q %d %d %x %d %d", l.store, epoch, p.scope, p.seq, p.changed, p.mark, p.head, p.within)
	return m.Sum(nil)[:tokenMAC]
}

// errForeign says that a token was not made here, or is not one.
var errForeign = errors.New("sync token is not ours")

// parse reads a token back, and tells the place of its epoch in the lineage. It takes nothing whose MAC is wrong.
func (l *lineage) parse(text string) (p position, epoch int, err error) {
	rest, ok := strings.CutPrefix(text, tokenPrefix)
	if !ok || len(text) > maxToken {
		return p, 0, errForeign
	}
	part := strings.Split(rest, ".")
	if len(part) < 7 || len(part) > 9 || len(part[5]) != tokenMark {
		return p, 0, errForeign
	}
	mac, err := base64.RawURLEncoding.Strict().DecodeString(part[len(part)-1])
	if err != nil || part[0] != cut(l.store, tokenShort) {
		return p, 0, errForeign
	}
	if n, err := base64.RawURLEncoding.Decode(p.mark[:], []byte(part[5])); err != nil || n != len(p.mark) {
		return p, 0, errForeign
	}
	p.scope = part[2]
	numbers := []*int64{&p.seq, &p.changed, &p.head, &p.within}
	for i, s := range slices.Concat(part[3:5], part[6:len(part)-1]) {
		n, err := strconv.ParseInt(s, 10, 64)
		if err != nil || n < 0 || strconv.FormatInt(n, 10) != s {
			return p, 0, errForeign
		}
		*numbers[i] = n
	}
	if len(part) == 8 && p.head == 0 || len(part) == 9 && p.within == 0 { // there is one spelling
		return p, 0, errForeign
	}
	for i := range l.epochs {
		id := l.epochs[i].ID
		if part[1] == cut(id, tokenShort) && hmac.Equal(mac, l.mac(id, p)) {
			return p, i, nil
		}
	}
	return p, 0, errForeign
}

// errFuture says that a token of ours names what the store has not seen; errParallel, that the store has seen something
// else instead.
var (
	errFuture   = errors.New("the store was put back to an earlier copy")
	errParallel = fmt.Errorf("%w and written to since", errFuture)
)

// since reads the token of a client that syncs a listing whose end is now; markAt is Reader.Mark. Its own errors are
// errForeign and errFuture.
//
// A token of an ancestor epoch holds up to where the epochs part. Above that it speaks of changes that are lost: that
// is the future until a person has accepted the loss, and foreign from then on. So does one of another history.
func (l *lineage) since(text string, now position, markAt func(version int64) (backend.Mark, error)) (position, error) {
	p, epoch, err := l.parse(text)
	if err != nil {
		return p, err
	}
	if p.scope != now.scope {
		return p, errForeign
	}
	for _, later := range l.epochs[epoch+1:] {
		if p.changed > later.Fork && later.Acknowledged {
			return p, errForeign
		}
		if p.changed > later.Fork {
			return p, errFuture
		}
	}
	err = p.precedes(now, markAt)
	accepted := func(e backend.Epoch) bool { return e.Acknowledged }
	if errors.Is(err, errFuture) && slices.ContainsFunc(l.epochs[epoch+1:], accepted) {
		return p, errForeign
	}
	return p, err
}

// precedes checks that the history of this store leads from p to now. The same numbers may come again after the store
// was put back: only the mark shows that they stand for something else.
func (p *position) precedes(now position, markAt func(version int64) (backend.Mark, error)) error {
	if p.seq > now.seq || p.changed > now.changed || p.head > now.seq {
		return errFuture
	}
	mark, err := markAt(p.changed)
	switch {
	case errors.Is(err, backend.ErrNotFound):
		return errFuture
	case err != nil:
		return err
	case mark != p.mark:
		return errParallel
	}
	return nil
}

// lineage gives what tokens are made with; ready has loaded it before any method runs.
func (x *exchange) lineage() *lineage { return x.h.lineage.Load() }

// syncToken is DAV:sync-token and CS:getctag of a collection or (with needMembers) a home; "" for what has none.
func (x *exchange) syncToken(res *resource) string {
	switch {
	case kindCollection.has(res.kind) && res.coll != nil:
		return x.lineage().token(members(res.coll))
	case kindHome.has(res.kind):
		return x.lineage().token(collections(&x.who.Principal, res.family, res.state, res.mark))
	}
	return ""
}

// A rollback is what a token from the future shows.
type rollback struct{ reason string }

func (e *rollback) Error() string { return e.reason }

// resume reads the token that a sync-collection report came with. One that is not ours is refused with
// DAV:valid-sync-token (RFC 6578 §3.2); one from the future is a *rollback.
func (x *exchange) resume(rd backend.Reader, text string, now position) (position, error) {
	p, err := x.lineage().since(text, now, rd.Mark)
	if errors.Is(err, errFuture) { // unless a person has accepted a loss since we learned the lineage
		if err := x.h.learn(rd); err != nil {
			return p, err
		}
		p, err = x.lineage().since(text, now, rd.Mark)
	}
	switch {
	case errors.Is(err, errFuture):
		return p, &rollback{fmt.Sprintf("a client holds a sync token of this store for sequence %d (version %d) of %s, which is at "+
			"%d (version %d): %v", max(p.seq, p.head), p.changed, p.scope, now.seq, now.changed, err)}
	case errors.Is(err, errForeign):
		return p, because(x.refusedToken(), err)
	}
	return p, err
}

// believe puts the store on hold after a *rollback, since every client that is told the truth about a store that went
// back deletes what it has (design law 6). Other errors pass. It is called outside of any View.
func (x *exchange) believe(err error) error {
	var r *rollback
	if !errors.As(err, &r) {
		return err
	}
	if err := x.h.Store.Hold(r.reason); err != nil {
		return fmt.Errorf("hold: %w", err)
	}
	x.log().Error("store put on hold", "reason", r.reason)
	return fmt.Errorf("%w: %w", backend.ErrHold, r)
}

// learn keeps what tokens are made with.
func (h *Handler) learn(rd backend.Reader) error {
	info, err := rd.Info()
	if err != nil {
		return err
	}
	if len(info.Epochs) == 0 || len(info.MACKey) == 0 {
		return errors.New("store has no epoch or no key")
	}
	h.lineage.Store(&lineage{info.ID, info.MACKey, info.Epochs})
	h.inUse.Store(info.Users > 0)
	return nil
}

// refusedToken is 403 with the condition; Thunderbird's address book understands only 400 (clients.md C4).
func (x *exchange) refusedToken() error {
	status := http.StatusForbidden
	if kindBook.has(x.target.kind) && strings.Contains(x.r.UserAgent(), "Thunderbird") {
		status = http.StatusBadRequest
	}
	return violated(status, dav("valid-sync-token"))
}
