package conformance

import (
	"path/filepath"
	"testing"

	"daycairn/conformance/transcript"
)

// TestTranscriptsParse reads every transcript, so that a slip in one shows before a server is asked.
func TestTranscriptsParse(t *testing.T) {
	files, err := filepath.Glob("*/*.http")
	if err != nil {
		t.Fatal(err)
	}
	for _, path := range files {
		if _, err := transcript.Read(path); err != nil {
			t.Error(err)
		}
	}
	t.Logf("%d transcripts", len(files))
}
