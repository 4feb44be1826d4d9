package main

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"strings"

	"golang.org/x/term"

	"daycairn/auth"
)

const (
	// maxLine bounds what is read from stdin where one line is expected.
	maxLine = 4 << 10
	// askTimes is how often a question is put to a person who mistypes.
	askTimes = 3
)

var (
	errNoAnswer = errors.New("no answer") // the terminal's input was closed
	errGivenUp  = fmt.Errorf("given up after %d tries", askTimes)
)

// askPassword puts a new password into the answers: from stdin when told so, else by asking twice.
func (p *program) askPassword(ctx context.Context, fromStdin bool, whose string) (err error) {
	switch {
	case fromStdin:
		p.answers.Password, err = firstLine(p.stdin)
	case p.tty:
		p.answers.Password, err = p.promptTwice(ctx, whose)
	default:
		return usageError{hinted{errors.New("no terminal to ask for a password"), "--password-stdin reads it from stdin"}}
	}
	if err != nil {
		return fmt.Errorf("read password: %w", err)
	}
	return nil
}

// firstLine reads one line without its end.
func firstLine(r io.Reader) (string, error) {
	b := bufio.NewReader(io.LimitReader(r, maxLine))
	line, err := b.ReadString('\n')
	if err != nil && !errors.Is(err, io.EOF) {
		return "", err
	}
	return strings.TrimRight(line, "\r\n"), nil
}

// promptTwice asks for a new password until it was typed the same way twice.
func (p *program) promptTwice(ctx context.Context, whose string) (string, error) {
	for range askTimes {
		first, err := p.prompt(ctx, "Password for "+whose+": ", true)
		if err != nil {
			return "", err
		}
		if first == "" {
			fmt.Fprintln(p.stderr, "A password has at least one character.")
			continue
		}
		second, err := p.prompt(ctx, "Again: ", true)
		if err != nil {
			return "", err
		}
		if first == second {
			return first, nil
		}
		fmt.Fprintln(p.stderr, "The two are not the same.")
	}
	return "", errGivenUp
}

// confirm asks for a word before something that is hard to take back. Without a terminal the command was meant.
func (p *program) confirm(ctx context.Context, skip bool, what, word string) error {
	if skip || !p.tty {
		return nil
	}
	got, err := p.prompt(ctx, fmt.Sprintf("%s Type %q to go on: ", what, word), false)
	if err != nil {
		return err
	}
	if got != word {
		return errors.New("nothing was done")
	}
	return nil
}

// prompt asks on the terminal. A signal ends it and leaves the terminal as it was.
func (p *program) prompt(ctx context.Context, question string, hidden bool) (string, error) {
	in, ok := p.stdin.(*os.File)
	if !ok {
		return "", errors.New("stdin is no terminal")
	}
	fd := int(in.Fd())
	before, err := term.GetState(fd)
	if err != nil {
		return "", err
	}
	fmt.Fprint(p.stderr, question)
	type answer struct {
		text string
		err  error
	}
	got := make(chan answer, 1)
	go func() {
		if hidden {
			b, err := term.ReadPassword(fd)
			got <- answer{string(b), err}
			return
		}
		line, err := readLine(in)
		got <- answer{line, err}
	}()
	select {
	case a := <-got:
		if hidden || a.err != nil {
			fmt.Fprintln(p.stderr)
		}
		if errors.Is(a.err, io.EOF) {
			return "", errNoAnswer
		}
		return a.text, a.err
	case <-ctx.Done():
		fmt.Fprintln(p.stderr)
		return "", errors.Join(ctx.Err(), term.Restore(fd, before))
	}
}

// readLine takes bytes one by one, so that nothing behind the line is swallowed.
func readLine(r io.Reader) (string, error) {
	var line []byte
	for b := make([]byte, 1); len(line) < maxLine; {
		n, err := r.Read(b)
		if n == 1 && b[0] == '\n' {
			break
		}
		line = append(line, b[:n]...)
		if err != nil {
			if errors.Is(err, io.EOF) && len(line) > 0 {
				break
			}
			return "", err
		}
	}
	return strings.TrimRight(string(line), "\r"), nil
}

// passwordHint is for a refused password.
func passwordError(err error) error {
	if errors.Is(err, auth.ErrPassword) {
		return usageError{err}
	}
	return err
}
