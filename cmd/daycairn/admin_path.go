package main

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
)

const (
	socketName = "admin.sock"
	// pathName records where the socket is when its path in the data directory would be too long.
	pathName = "admin.path"
	// maxSocketPath is what fits into sun_path on every system we run on, its NUL included (Linux 108, BSD 104).
	maxSocketPath = 103
	runtimePrefix = "daycairn-"
)

// socketPath finds the socket of the process that serves dir.
func socketPath(dir string) (string, error) {
	dir, err := filepath.Abs(dir)
	if err != nil {
		return "", err
	}
	recorded, err := os.ReadFile(filepath.Join(dir, pathName))
	if errors.Is(err, fs.ErrNotExist) {
		return filepath.Join(dir, socketName), nil
	}
	if err != nil {
		return "", err
	}
	return strings.TrimSpace(string(recorded)), nil
}

// claimSocket removes what an ended process left and gives the path to listen on. The caller holds the lock of dir, so
// that nobody can be listening.
func claimSocket(dir string) (string, error) {
	dir, err := filepath.Abs(dir)
	if err != nil {
		return "", err
	}
	if err := releaseSocket(dir); err != nil {
		return "", err
	}
	path := filepath.Join(dir, socketName)
	if len(path) <= maxSocketPath {
		return path, nil
	}
	short, err := os.MkdirTemp(os.Getenv("XDG_RUNTIME_DIR"), runtimePrefix)
	if err != nil {
		return "", fmt.Errorf("shorter place for %s: %w", socketName, err)
	}
	path = filepath.Join(short, socketName)
	if len(path) > maxSocketPath {
		return "", errors.Join(fmt.Errorf("%s is too long for a socket, and so is %s", dir, short), os.Remove(short))
	}
	if err := os.WriteFile(filepath.Join(dir, pathName), []byte(path+"\n"), 0o600); err != nil {
		return "", errors.Join(err, os.Remove(short))
	}
	return path, nil
}

// releaseSocket removes the socket, and the record of a shorter path with its directory. Only names that claimSocket
// makes are removed, whatever the record says.
func releaseSocket(dir string) error {
	path, err := socketPath(dir)
	if err != nil {
		return fmt.Errorf("find old %s: %w", socketName, err)
	}
	remove := []string{filepath.Join(dir, socketName), filepath.Join(dir, pathName)}
	short := filepath.Dir(path)
	// A data directory may begin with the prefix, too: the default one does.
	own, err := filepath.Abs(dir)
	if err != nil {
		return err
	}
	if short != own && filepath.Base(path) == socketName && strings.HasPrefix(filepath.Base(short), runtimePrefix) {
		remove = append(remove, path, short)
	}
	for _, name := range remove {
		if err := os.Remove(name); err != nil && !errors.Is(err, fs.ErrNotExist) {
			return fmt.Errorf("remove old %s: %w", socketName, err)
		}
	}
	return nil
}
