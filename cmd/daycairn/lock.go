package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"time"

	"github.com/gofrs/flock"
)

const (
	lockName = "daycairn.lock"
	// lockWait is how long a command waits for another to finish with the data directory.
	lockWait  = 5 * time.Second
	lockRetry = 50 * time.Millisecond
)

// lockDir takes the data directory for this process, or is errLocked at once. The file says who has it; it stays when
// the lock is given back.
func lockDir(dir, who string) (*flock.Flock, error) {
	path := filepath.Join(dir, lockName)
	l := flock.New(path, flock.SetPermissions(0o600))
	ok, err := l.TryLock()
	if err != nil {
		return nil, inDataDir("lock data directory", err)
	}
	if !ok {
		return nil, lockedBy(dir, path)
	}
	if err := os.WriteFile(path, fmt.Appendf(nil, "process %d (daycairn %s)\n", os.Getpid(), who), 0o600); err != nil {
		return nil, errors.Join(fmt.Errorf("lock data directory: %w", err), l.Close())
	}
	return l, nil
}

// awaitLock is lockDir with patience.
func awaitLock(ctx context.Context, dir, who string, patience time.Duration) (*flock.Flock, error) {
	late := time.Now().Add(patience)
	for {
		l, err := lockDir(dir, who)
		if !errors.Is(err, errLocked) || time.Now().After(late) {
			return l, err
		}
		select {
		case <-ctx.Done():
			return nil, ctx.Err()
		case <-time.After(lockRetry):
		}
	}
}

func lockedBy(dir, path string) error {
	who := "another process"
	if b, err := os.ReadFile(path); err == nil {
		if line, _, _ := strings.Cut(string(b), "\n"); strings.HasPrefix(line, "process ") && len(line) < 256 {
			who = printable(line)
		}
	}
	return hinted{fmt.Errorf("%w: %s, by %s", errLocked, dir, who),
		"let it finish or stop it; one data directory has one server"}
}
