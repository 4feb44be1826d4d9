package auth

import "testing"

// BenchmarkRemembered is what each request of a device with the login password pays.
func BenchmarkRemembered(b *testing.B) {
	w := mustWorld(b)
	for b.Loop() {
		if _, err := w.ask(home, "alice", "sesame"); err != nil {
			b.Fatal(err)
		}
	}
}

// BenchmarkAppPassword is what each request of a device with its own password pays.
func BenchmarkAppPassword(b *testing.B) {
	w := mustWorld(b)
	for b.Loop() {
		if _, err := w.ask(home, "alice", w.appShown); err != nil {
			b.Fatal(err)
		}
	}
}

// BenchmarkHash is what one guess at a login password costs.
func BenchmarkHash(b *testing.B) {
	stored := mustHash(b, DefaultCost, "sesame")
	b.ReportAllocs()
	for b.Loop() {
		if ok, _, err := VerifyPassword(stored, "guess"); ok || err != nil {
			b.Fatal(ok, err)
		}
	}
}
