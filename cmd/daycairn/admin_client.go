package main

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"time"
)

// errNoServer: nobody listens on the socket.
var errNoServer = errors.New("no server runs on the data directory")

// forward lets the serving process run the command. Its output goes where ours does; the error is exited with its code.
// errNoServer when there is no such process.
func (p *program) forward(ctx context.Context, dir string) error {
	path, err := socketPath(dir)
	if err != nil {
		return inDataDir("find "+socketName, err)
	}
	conn, err := (&net.Dialer{Timeout: 5 * time.Second}).DialContext(ctx, "unix", path)
	if err != nil {
		return fmt.Errorf("%w: %w", errNoServer, err)
	}
	defer conn.Close()
	if err := peerError(conn); err != nil {
		return fmt.Errorf("%s is not ours: %w", path, err)
	}
	body, err := json.Marshal(adminRequest{Args: p.args, Answers: p.answers})
	if err != nil {
		return err
	}
	req, err := http.NewRequestWithContext(ctx, http.MethodPost, adminURL, bytes.NewReader(body))
	if err != nil {
		return err
	}
	tr := &http.Transport{DialContext: func(context.Context, string, string) (net.Conn, error) { return conn, nil }}
	defer tr.CloseIdleConnections()
	resp, err := tr.RoundTrip(req)
	if err != nil {
		return fmt.Errorf("ask the serving process: %w", err)
	}
	defer resp.Body.Close()
	if resp.StatusCode != http.StatusOK {
		why, err := io.ReadAll(io.LimitReader(resp.Body, 1<<10))
		return errors.Join(fmt.Errorf("the serving process refused: %s", bytes.TrimSpace(why)), err)
	}
	return p.copyFrames(resp.Body)
}

func (p *program) copyFrames(body io.Reader) error {
	for dec := json.NewDecoder(body); ; {
		var f adminFrame
		if err := dec.Decode(&f); err != nil {
			return fmt.Errorf("the serving process ended in the middle of the command: %w", err)
		}
		switch {
		case f.Exit != nil && *f.Exit == exitOK:
			return nil
		case f.Exit != nil:
			return exited(*f.Exit)
		}
		if _, err := p.stdout.Write(f.Out); err != nil {
			return err
		}
		if _, err := p.stderr.Write(f.Err); err != nil {
			return err
		}
	}
}
