package main

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
)

// makeDataDir makes the directory where there is none, for its owner only.
func makeDataDir(dir string) error {
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return fmt.Errorf("data directory: %w", err)
	}
	return nil
}

// findDataDir is errNoStore for a directory that we never used: a command that only looks leaves nothing in it.
func findDataDir(dir string) error {
	for _, name := range dataNames {
		_, err := os.Lstat(filepath.Join(dir, name))
		if err == nil {
			return nil
		}
		if !errors.Is(err, fs.ErrNotExist) {
			return fmt.Errorf("data directory: %w", err)
		}
	}
	return hinted{fmt.Errorf("%w: %s", errNoStore, dir), "name the data directory with --data, or begin with daycairn serve"}
}
