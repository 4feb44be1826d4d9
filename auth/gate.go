package auth

import (
	"context"
	"sync/atomic"
	"time"
)

const (
	// gateQueue bounds how many logins wait for a turn to be hashed, gateWait how long one does.
	gateQueue = 64
	gateWait  = 5 * time.Second
)

// gate lets few password hashes run at a time: each takes a core and its memory.
type gate struct {
	turns   chan struct{}
	waiting atomic.Int64
	queue   int64
	wait    time.Duration
}

func newGate(turns, queue int, wait time.Duration) *gate {
	return &gate{turns: make(chan struct{}, turns), queue: int64(queue), wait: wait}
}

// enter waits for a turn. ErrBusy when too many wait already, or for too long; the context's error when it ends.
// After a nil error the caller leaves.
func (g *gate) enter(ctx context.Context) error {
	select {
	case g.turns <- struct{}{}:
		return nil
	default:
	}
	if g.waiting.Add(1) > g.queue {
		g.waiting.Add(-1)
		return ErrBusy
	}
	defer g.waiting.Add(-1)
	late := time.NewTimer(g.wait)
	defer late.Stop()
	select {
	case g.turns <- struct{}{}:
		return nil
	case <-late.C:
		return ErrBusy
	case <-ctx.Done():
		return ctx.Err()
	}
}

func (g *gate) leave() { <-g.turns }
