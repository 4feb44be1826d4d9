package main

import "testing"

func TestVersion(t *testing.T) {
	newPlace(t).steps(t, []step{
		{args: "version", out: `^daycairn \S+ \(go1\.`},
		{args: "version --json", out: `"version": "[^"]+"`},
		{args: "version extra", code: exitUsage},
	})
}
