package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"regexp"
	"strings"
	"testing"
	"time"

	"golang.org/x/sys/unix"
)

// mustTerminal opens a pseudo-terminal: what a person types goes to person, the program sits at seat.
func mustTerminal(t *testing.T) (person, seat *os.File) {
	t.Helper()
	person, err := os.OpenFile("/dev/ptmx", os.O_RDWR|unix.O_NOCTTY, 0)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { person.Close() })
	if err := unix.IoctlSetPointerInt(int(person.Fd()), unix.TIOCSPTLCK, 0); err != nil {
		t.Fatal(err)
	}
	n, err := unix.IoctlGetInt(int(person.Fd()), unix.TIOCGPTN)
	if err != nil {
		t.Fatal(err)
	}
	seat, err = os.OpenFile(fmt.Sprintf("/dev/pts/%d", n), os.O_RDWR|unix.O_NOCTTY, 0)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { seat.Close() })
	return person, seat
}

func echoes(t *testing.T, fd int) bool {
	t.Helper()
	s, err := unix.IoctlGetTermios(fd, unix.TCGETS)
	if err != nil {
		t.Fatal(err)
	}
	return s.Lflag&unix.ECHO != 0
}

// talk types each answer when its question is on the screen, and gives what was said in all.
func talk(t *testing.T, person *os.File, screen *syncBuffer, conversation ...string) {
	t.Helper()
	seen := 0
	for i := 0; i < len(conversation); i += 2 {
		question, answer := conversation[i], conversation[i+1]
		late := time.Now().Add(10 * time.Second)
		for !strings.Contains(screen.String()[seen:], question) {
			if time.Now().After(late) {
				t.Fatalf("no %q on the screen:\n%s", question, screen)
			}
			time.Sleep(5 * time.Millisecond)
		}
		seen = len(screen.String())
		time.Sleep(20 * time.Millisecond) // the echo goes off after the question
		if _, err := person.WriteString(answer + "\n"); err != nil {
			t.Fatal(err)
		}
	}
}

// atTerminal runs a command line where a person sits.
func (pl *place) atTerminal(t *testing.T, args []string, conversation ...string) result {
	t.Helper()
	person, seat := mustTerminal(t)
	out, screen := &syncBuffer{}, &syncBuffer{}
	p := pl.program(seat, out, screen, args...)
	p.tty = true
	code := make(chan int, 1)
	go func() { code <- p.main(context.Background()) }()
	talk(t, person, screen, conversation...)
	return result{<-code, out.String(), screen.String()}
}

// One command is enough to have a working server: the first start asks for the first account.
func TestServeAsksForTheFirstAccount(t *testing.T) {
	pl := newPlace(t)
	person, seat := mustTerminal(t)
	s := &served{place: pl, log: &syncBuffer{}}
	p := pl.program(seat, &syncBuffer{}, s.log, "serve", "--listen", "127.0.0.1:0")
	p.tty = true
	ctx, cancel := context.WithCancel(context.Background())
	code := make(chan int, 1)
	go func() { code <- p.main(ctx) }()
	defer func() {
		cancel()
		if got := <-code; got != exitOK {
			t.Errorf("exit code %d\n%s", got, s.log)
		}
	}()
	talk(t, person, s.log, "Name to log in with: ", "Alice Smith", "Name to log in with: ", "alice", "Password for alice: ", "sesame", "Again: ", "sesame")
	for addressIn.FindString(s.log.String()) == "" {
		time.Sleep(5 * time.Millisecond)
	}
	s.url = addressIn.FindStringSubmatch(s.log.String())[1]
	if got := s.status(t, "PROPFIND", "/dav/calendars/alice/calendar/", "alice", "sesame"); got != 207 {
		t.Errorf("got %d, want 207", got)
	}
	if strings.Contains(s.log.String(), "sesame") {
		t.Error("the password is on the screen")
	}
}

func TestPrompts(t *testing.T) {
	both(t, func(t *testing.T, pl *place) {
		for _, tt := range []struct {
			args         string
			conversation []string
			code         int
			err          string
		}{
			{"user add alice", []string{
				"Password for alice: ", "sesame", "Again: ", "sesam", "Password for alice: ", "", "Password for alice: ", "a", "Again: ", "b",
			}, exitFailed, `(?s)not the same\..*at least one.*not the same\..*given up`},
			{"user add alice", []string{
				"Password for alice: ", "sesame", "Again: ", "sesam", "Password for alice: ", "sesame", "Again: ", "sesame",
			}, exitOK, "not the same"},
			{"user passwd alice", []string{"Password for alice: ", "open", "Again: ", "open"}, exitOK, ""},
			{"collection delete alice tasks", []string{`Type "tasks" to go on: `, "no"}, exitFailed, "nothing was done"},
			{"collection delete alice tasks", []string{`Type "tasks" to go on: `, "tasks"}, exitOK, ""},
			{"user delete alice", []string{`Type "alice" to go on: `, ""}, exitFailed, "nothing was done"},
			{"user delete alice -y", nil, exitOK, ""},
		} {
			r := pl.atTerminal(t, strings.Fields(tt.args), tt.conversation...)
			if ok := regexp.MustCompile(tt.err).MatchString(r.err); r.code != tt.code || !ok {
				t.Errorf("%s: got %+v, want exit code %d, %q", tt.args, r, tt.code, tt.err)
			}
		}
	})
}

// A signal in the middle of a question leaves the terminal as it was.
func TestPromptEndsWithItsContext(t *testing.T) {
	pl := newPlace(t)
	_, seat := mustTerminal(t)
	p := pl.program(seat, nil, &syncBuffer{})
	ctx, cancel := context.WithCancel(context.Background())
	fd := int(seat.Fd())
	go func() {
		for echoes(t, fd) {
			time.Sleep(5 * time.Millisecond)
		}
		cancel()
	}()
	if _, err := p.prompt(ctx, "? ", true); !errors.Is(err, context.Canceled) {
		t.Errorf("got %v", err)
	}
	if !echoes(t, fd) {
		t.Error("the terminal does not echo any more")
	}
}

// Who closes the terminal or presses Ctrl-C instead of answering reads so, in plain words.
func TestPromptsWithoutAnswer(t *testing.T) {
	pl := newPlace(t)
	r := pl.atTerminal(t, []string{"serve", "--listen", "127.0.0.1:0"}, "Name to log in with: ", "\x04")
	if r.code != exitFailed || !strings.Contains(r.err, ": no answer\n") {
		t.Errorf("closed: got %+v", r)
	}
	_, seat := mustTerminal(t)
	screen := &syncBuffer{}
	p := pl.program(seat, &syncBuffer{}, screen, "user", "add", "alice")
	p.tty = true
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	if code := p.main(ctx); code != exitFailed || !strings.Contains(screen.String(), ": interrupted\n") {
		t.Errorf("interrupted: got exit code %d\n%s", code, screen)
	}
}
