// Report reads the output of go test -json, prints each package's result, the words of what failed, and fails when a
// test failed or was skipped: where everything is installed, nothing has a reason to be skipped.
package main

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"regexp"
	"strings"
)

// An event is one line of go test -json.
type event struct {
	Action, Package, Test, Output string
	ImportPath                    string
	Elapsed                       float64
}

// maxWords bounds what we print of one failed test.
const maxWords = 400

// outside is what a test says that reads real files which are not part of the project and may lie beside it.
var outside = regexp.MustCompile(`\bcorpus\b`)

func main() {
	failed, skipped, passed, err := read(json.NewDecoder(os.Stdin))
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
	fmt.Printf("%d passed, %d failed, %d skipped\n", passed, len(failed), len(skipped))
	for _, s := range skipped {
		fmt.Println("skipped:", s)
	}
	for _, f := range failed {
		fmt.Println("failed:", f)
	}
	if len(failed)+len(skipped) > 0 || passed == 0 {
		os.Exit(1)
	}
}

func read(d *json.Decoder) (failed, skipped []string, passed int, err error) {
	words := map[string][]string{}
	for {
		var e event
		if err := d.Decode(&e); errors.Is(err, io.EOF) {
			return failed, skipped, passed, nil
		} else if err != nil {
			return nil, nil, 0, fmt.Errorf("go test -json: %w", err)
		}
		key := e.Package + " " + e.Test
		switch e.Action {
		case "output", "build-output":
			if e.Action == "build-output" {
				key = e.ImportPath
			}
			if len(words[key]) < maxWords {
				words[key] = append(words[key], e.Output)
			}
		case "build-fail":
			failed = append(failed, e.ImportPath)
			fmt.Print(strings.Join(words[e.ImportPath], ""))
		case "fail":
			failed = append(failed, key)
			fmt.Print(strings.Join(words[key], ""))
		case "skip":
			why := strings.Join(words[key], "")
			if e.Test == "" {
				continue // a package without tests
			}
			if outside.MatchString(why) {
				fmt.Println("not here:", key)
				continue
			}
			skipped = append(skipped, key+": "+strings.TrimSpace(why))
		case "pass":
			if e.Test == "" {
				fmt.Printf("ok %7.1fs %s\n", e.Elapsed, e.Package)
				continue
			}
			passed++
			delete(words, key)
		}
	}
}
