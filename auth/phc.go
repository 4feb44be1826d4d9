package auth

import (
	"encoding/base64"
	"errors"
	"fmt"
	"strconv"
	"strings"
)

// Bounds of what a PHC string may ask for, so that a damaged or planted row cannot eat the machine.
const (
	maxPHC     = 512
	maxMemory  = 1 << 20 // KiB
	maxTime    = 64
	minSalt    = 8
	maxSalt    = 64
	minKey     = 16
	maxKey     = 64
	phcVersion = 19 // argon2 1.3
)

var errPHC = errors.New("not an argon2id PHC string")

// phc is a parsed "$argon2id$v=19$m=…,t=…,p=…$salt$key".
type phc struct {
	cost Cost
	salt []byte
	key  []byte
}

// parsePHC reads what String wrote; anything else is an error, and never a panic.
func parsePHC(s string) (phc, error) {
	if len(s) > maxPHC {
		return phc{}, errPHC
	}
	f := strings.Split(s, "$")
	if len(f) != 6 || f[0] != "" || f[1] != "argon2id" || f[2] != "v="+strconv.Itoa(phcVersion) {
		return phc{}, errPHC
	}
	var p phc
	var err error
	if p.cost, err = parseCost(f[3]); err != nil {
		return phc{}, err
	}
	if p.salt, err = base64.RawStdEncoding.Strict().DecodeString(f[4]); err != nil {
		return phc{}, errPHC
	}
	if p.key, err = base64.RawStdEncoding.Strict().DecodeString(f[5]); err != nil {
		return phc{}, errPHC
	}
	if len(p.salt) < minSalt || len(p.salt) > maxSalt || len(p.key) < minKey || len(p.key) > maxKey {
		return phc{}, errPHC
	}
	if p.String() != s {
		return phc{}, errPHC // the decoder skips line ends
	}
	return p, nil
}

// parseCost reads "m=19456,t=2,p=1", in that order, as the PHC string format asks.
func parseCost(s string) (Cost, error) {
	f := strings.Split(s, ",")
	if len(f) != 3 {
		return Cost{}, errPHC
	}
	var n [3]uint64
	for i, want := range []struct {
		name string
		max  uint64
	}{{"m=", maxMemory}, {"t=", maxTime}, {"p=", 255}} {
		digits, ok := strings.CutPrefix(f[i], want.name)
		v, err := strconv.ParseUint(digits, 10, 32)
		if !ok || err != nil || v == 0 || v > want.max || digits != strconv.FormatUint(v, 10) {
			return Cost{}, errPHC
		}
		n[i] = v
	}
	return Cost{Memory: uint32(n[0]), Time: uint32(n[1]), Threads: uint8(n[2])}, nil
}

// String is the form that is stored.
func (p phc) String() string {
	return fmt.Sprintf("$argon2id$v=%d$m=%d,t=%d,p=%d$%s$%s", phcVersion, p.cost.Memory, p.cost.Time, p.cost.Threads,
		base64.RawStdEncoding.EncodeToString(p.salt), base64.RawStdEncoding.EncodeToString(p.key))
}
