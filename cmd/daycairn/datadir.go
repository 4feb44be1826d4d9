package main

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"syscall"
)

// inDataDir says what could not be done there, with what leads out.
func inDataDir(what string, err error) error {
	err = fmt.Errorf("%s: %w", what, err)
	switch {
	case errors.Is(err, fs.ErrPermission):
		return hinted{err, "run it as the user who owns the data directory, or name another one with --data"}
	case errors.Is(err, syscall.ENOTDIR):
		return hinted{err, "name a directory with --data"}
	}
	return err
}

// makeDataDir makes the directory where there is none, for its owner only.
func makeDataDir(dir string) error {
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return inDataDir("data directory", err)
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
			return inDataDir("data directory", err)
		}
	}
	return hinted{fmt.Errorf("%w: %s", errNoStore, dir), "name the data directory with --data, or begin with daycairn serve"}
}
