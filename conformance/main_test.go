package conformance

import (
	"flag"
	"os"
	"testing"

	"daycairn/conformance/target"
)

// The flags name another server to run the transcripts against.
var (
	flagURL       = flag.String("url", "", "run the transcripts against this server instead of daycairn")
	flagUser      = flag.String("user", "", "its account")
	flagPassword  = flag.String("password", "", "its password")
	flagUser2     = flag.String("user2", "", "a second account, for transcripts with two people")
	flagPassword2 = flag.String("password2", "", "its password")
)

func TestMain(m *testing.M) {
	flag.Parse()
	code := m.Run()
	target.Cleanup()
	os.Exit(code)
}
