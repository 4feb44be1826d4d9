package ics

import "errors"

// maxSteps is how much work one question about one object may take: a step is a period of a rule
// looked at, or a time that it yields. No rule that a person made comes near it; 2^17 of them take
// a few milliseconds.
const maxSteps = 1 << 17

// ErrBudget says that a recurrence takes more steps than we give it. What came before it is right
// but may lack instances.
var ErrBudget = errors.New("recurrence exceeds the step budget")

// A budget counts down the steps of one question.
type budget struct{ left int }

func newBudget() *budget { return &budget{left: maxSteps} }

// spend takes n steps and reports whether there were so many left.
func (b *budget) spend(n int) bool {
	b.left -= n
	return b.left >= 0
}

// err is ErrBudget once the budget is overdrawn.
func (b *budget) err() error {
	if b.left < 0 {
		return ErrBudget
	}
	return nil
}
