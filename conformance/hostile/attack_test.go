package hostile

import (
	"context"
	"slices"
	"strings"
	"testing"
	"time"

	"daycairn/conformance/wire"
)

// An attack is a request that no honest client sends, and what may come of it.
type attack struct {
	name    string
	method  string
	target  string // mallory's calendar when empty
	header  []wire.Header
	body    func() string // made when it is sent: some are large
	chunked bool
	status  []int
	// condition is the element that must be in the DAV:error body; "" where the RFCs name none.
	condition string
	// cpu and memory are bounds for attacks whose answer is rightly large; zero means the common ones.
	cpu    time.Duration
	memory int // MiB
}

// The common bounds. What is promised is 100 ms and 32 MiB; a collector that lags, and a machine that does other things,
// make it more.
const (
	commonCPU    = 800 * time.Millisecond
	commonMemory = 96
)

// text is a body that is there already.
func text(s string) func() string { return func() string { return s } }

// run sends one attack as a user, and holds the answer against the row.
func (l *lab) run(t *testing.T, a attack) *wire.Answer {
	t.Helper()
	if a.target == "" {
		a.target = l.mallory.Calendar
	}
	r := wire.Request{Method: a.method, Target: a.target, Header: a.header, Chunked: a.chunked}
	if a.body != nil {
		r.Body = []byte(a.body())
	}
	l.process.forgetPeak(t)
	before := l.process.cost(t)
	answer, err := l.http.Do(context.Background(), r)
	if err != nil {
		t.Fatal(err)
	}
	after := l.process.cost(t)
	if !slices.Contains(a.status, answer.Status) {
		t.Errorf("status %d, want one of %v: %.300s", answer.Status, a.status, answer.Body)
	}
	if a.condition != "" {
		wantCondition(t, answer, a.condition)
	}
	if strings.Contains(string(answer.Body), l.canary.secret) {
		t.Errorf("the answer shows what the canary owns: %.300s", answer.Body)
	}
	wantCost(t, before, after, a)
	return answer
}

func wantCost(t *testing.T, before, after cost, a attack) {
	t.Helper()
	cpu, memory := a.cpu, a.memory
	if cpu == 0 {
		cpu = commonCPU
	}
	if memory == 0 {
		memory = commonMemory
	}
	if took := after.cpu - before.cpu; took > cpu {
		t.Errorf("took %v of processor time, want at most %v", took, cpu)
	}
	if grew := after.peak - before.resident; grew > memory {
		t.Errorf("took %d MiB, want at most %d", grew, memory)
	}
}

// wantCondition wants a DAV:error with that element, by its local name.
func wantCondition(t *testing.T, a *wire.Answer, local string) {
	t.Helper()
	root, err := wire.ParseXML(a.Body)
	if err != nil {
		t.Errorf("error body: %v: %.200s", err, a.Body)
		return
	}
	if len(root.Children) != 1 || root.Name != wire.MustName("D:error") || root.Children[0].Name.Local != local {
		t.Errorf("error body %.300s, want DAV:error with %s", a.Body, local)
	}
}

// runAll sends a table of attacks, and looks around after it.
func (l *lab) runAll(t *testing.T, attacks []attack) {
	t.Helper()
	for _, a := range attacks {
		t.Run(a.name, func(t *testing.T) { l.run(t, a) })
	}
	l.check(t)
}

// alarms are words that the server's log must not have: what nobody planned is logged under them.
var alarms = []string{"panic", "request failed", "answer cut", "goroutine ", "fatal error", "store put on hold", "writer failed"}

// planned are failures by design: methods that nobody knows, quotas, and queues that are full.
var planned = []string{`"status":501`, `"status":507`, "too many logins at once", "the account has too much running"}

// maxShown bounds the lines of a log that are worth showing.
const maxShown = 5

// check looks at what attacks may have left behind.
func (l *lab) check(t *testing.T) {
	t.Helper()
	shown := 0
	for line := range strings.Lines(l.srv.Log()) {
		within := func(word string) bool { return strings.Contains(line, word) }
		if slices.ContainsFunc(alarms, within) && !slices.ContainsFunc(planned, within) && shown < maxShown {
			shown++
			t.Errorf("the server's log: %.600s", line)
		}
	}
	if now := mustProcess(t, l.srv.Dir); now != l.process {
		t.Errorf("the server is process %d, was %d", now.pid, l.process.pid)
	}
	l.canary.check(t)
}
