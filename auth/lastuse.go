package auth

import (
	"context"
	"fmt"
	"sync"
	"time"

	"daycairn/backend"
)

// lastUses holds when each credential was last used until somebody flushes it: a poll must not cost a write.
type lastUses struct {
	mu sync.Mutex
	at map[int64]time.Time // bounded by the credentials that exist
}

func (l *lastUses) note(credential int64, now time.Time) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.at == nil {
		l.at = map[int64]time.Time{}
	}
	l.at[credential] = now
}

// take empties it.
func (l *lastUses) take() map[int64]time.Time {
	l.mu.Lock()
	defer l.mu.Unlock()
	at := l.at
	l.at = nil
	return at
}

// giveBack keeps what could not be written, unless something newer is known.
func (l *lastUses) giveBack(at map[int64]time.Time) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.at == nil {
		l.at = at
		return
	}
	for id, t := range at {
		if t.After(l.at[id]) {
			l.at[id] = t
		}
	}
}

// Flush writes the last uses since the last Flush. On an error they are kept for the next one. It is for the program
// to call hourly and before the store is closed.
func (b *Basic) Flush(ctx context.Context) error {
	at := b.uses.take()
	if len(at) == 0 {
		return nil
	}
	err := b.store.Update(ctx, backend.Server, func(w backend.Writer) error { return w.TouchCredentials(at) })
	if err != nil {
		b.uses.giveBack(at)
		return fmt.Errorf("note last uses: %w", err)
	}
	return nil
}

// LastUsed is the last use of a credential that Flush has not written yet; zero if there is none.
func (b *Basic) LastUsed(credential int64) time.Time {
	b.uses.mu.Lock()
	defer b.uses.mu.Unlock()
	return b.uses.at[credential]
}
