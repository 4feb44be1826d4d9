package auth

import (
	"math"
	"net/netip"
	"sync"
	"time"
)

const (
	// freeFailures are without delay: people mistype, phones repeat an old password.
	freeAccount = 10
	freePlace   = 30
	freeDevice  = 20
	// firstDelay doubles with each further failure up to maxDelay; each forgiveAfter takes one failure back.
	firstDelay   = time.Second
	maxDelay     = 5 * time.Minute
	forgiveAfter = 5 * time.Minute
	// throttleMax bounds each table. An entry costs a guesser a password hash, so driving a busy one out is dearer
	// than waiting for it.
	throttleMax = 8192
	// knownFor is how long a device that got in counts as known.
	knownFor = 30 * 24 * time.Hour
)

// device is an account as asked for from one place. Nobody needs to be logged in for it.
type device struct {
	account string // folded login name
	at      netip.Prefix
}

// throttle slows guessing down, by account and by address. A known device (one that got in before) is counted by
// itself: it is not stopped by what strangers do to the account, nor by what neighbours do at the address, and an
// old phone that repeats a changed password stops nobody else.
type throttle struct {
	mu       sync.Mutex
	accounts *table[string, bucket]
	places   *table[netip.Prefix, bucket]
	devices  *table[device, bucket]
	known    *table[device, time.Time]
}

func newThrottle() *throttle {
	return &throttle{
		accounts: newTable[string, bucket](throttleMax),
		places:   newTable[netip.Prefix, bucket](throttleMax),
		devices:  newTable[device, bucket](throttleMax),
		known:    newTable[device, time.Time](throttleMax),
	}
}

// bucket counts failures of one account, place or device.
type bucket struct {
	failures float64
	last     time.Time // when failures was right
	until    time.Time // nothing is tried before
}

func (b *bucket) settle(now time.Time) {
	if now.Before(b.last) {
		return // requests at the same moment arrive in any order
	}
	b.failures = max(0, b.failures-float64(now.Sub(b.last))/float64(forgiveAfter))
	b.last = now
}

func (b *bucket) count(now time.Time, free float64) {
	b.settle(now)
	b.failures++
	over := b.failures - free
	if over <= 0 {
		return
	}
	delay := math.Min(float64(maxDelay), float64(firstDelay)*math.Exp2(over-1))
	b.until = now.Add(time.Duration(delay))
}

// attempt remembers what begin changed.
type attempt struct {
	dev    device
	known  bool
	before [2]time.Time
}

// knows tells whether the device got in lately.
func (t *throttle) knows(dev device, now time.Time) bool {
	since := t.known.get(dev)
	return since != nil && now.Sub(*since) < knownFor
}

// wait is how long the device must not try; 0: it may. It leaves no trace: nothing was tried yet.
func (t *throttle) wait(dev device, now time.Time) time.Duration {
	t.mu.Lock()
	defer t.mu.Unlock()
	return t.waitLocked(dev, t.knows(dev, now), now)
}

func (t *throttle) waitLocked(dev device, known bool, now time.Time) time.Duration {
	held := []*bucket{t.devices.get(dev)}
	if !known {
		held = []*bucket{t.accounts.get(dev.account), t.places.get(dev.at)}
	}
	var d time.Duration
	for _, b := range held {
		if b != nil {
			d = max(d, b.until.Sub(now))
		}
	}
	return d
}

type limited struct {
	bucket *bucket
	free   float64
}

// buckets are those that count a device's failures.
func (t *throttle) buckets(dev device, known bool) []limited {
	if known {
		return []limited{{entry(t.devices, dev), freeDevice}}
	}
	return []limited{{entry(t.accounts, dev.account), freeAccount}, {entry(t.places, dev.at), freePlace}}
}

func entry[K comparable](t *table[K, bucket], k K) *bucket {
	if b := t.get(k); b != nil {
		return b
	}
	return t.put(k, bucket{})
}

// begin counts a failure before the password is looked at, so that guesses at the same moment count each; undo takes
// it back. With a wait that is not 0 nothing was counted.
func (t *throttle) begin(dev device, now time.Time) (attempt, time.Duration) {
	t.mu.Lock()
	defer t.mu.Unlock()
	a := attempt{dev: dev, known: t.knows(dev, now)}
	if d := t.waitLocked(dev, a.known, now); d > 0 {
		return attempt{}, d
	}
	for i, b := range t.buckets(dev, a.known) {
		a.before[i] = b.bucket.until
		b.bucket.count(now, b.free)
	}
	return a, 0
}

// undo takes the failure back. Others' failures stay: a right password of the owner gives a guesser no new tries.
func (t *throttle) undo(a attempt, now time.Time) {
	t.mu.Lock()
	defer t.mu.Unlock()
	for i, b := range t.buckets(a.dev, a.known) {
		b.bucket.settle(now)
		b.bucket.failures = max(0, b.bucket.failures-1)
		b.bucket.until = a.before[i]
	}
}

// know makes the device a known one.
func (t *throttle) know(dev device, now time.Time) {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.known.put(dev, now)
}

// throttled rounds up to whole seconds: clients read integers.
func throttled(wait time.Duration) *Throttled {
	return &Throttled{RetryAfter: max(time.Second, (wait + time.Second - 1).Truncate(time.Second))}
}
