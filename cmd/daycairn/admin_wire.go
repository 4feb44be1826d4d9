package main

import "encoding/json"

// The words of the admin socket: one POST with a command line, answered by a stream of JSON values, the last of which
// has the exit code.
const (
	adminURL = "http://admin/command"
	// maxCommand bounds the bytes of a command line with its answers.
	maxCommand = 1 << 20
)

// answers are what a person says to a command: asked where the person sits, before the command goes anywhere.
type answers struct {
	Password string `json:"password,omitempty"`
	Name     string `json:"name,omitempty"`
}

type adminRequest struct {
	Args    []string `json:"args"`
	Answers answers  `json:"answers"`
}

type adminFrame struct {
	Out  []byte `json:"out,omitempty"`
	Err  []byte `json:"err,omitempty"`
	Exit *int   `json:"exit,omitempty"`
}

// frameWriter makes what a command prints into frames and sends each at once.
type frameWriter struct {
	enc   *json.Encoder
	frame func([]byte) adminFrame
	flush func() error
}

func (w frameWriter) Write(p []byte) (int, error) {
	if err := w.enc.Encode(w.frame(p)); err != nil {
		return 0, err
	}
	return len(p), w.flush()
}

func outFrame(p []byte) adminFrame { return adminFrame{Out: p} }
func errFrame(p []byte) adminFrame { return adminFrame{Err: p} }
