package ics

import "sort"

// An occurrence is one member of a recurrence set.
type occurrence struct {
	civil, unix int64
	end         int64 // of an RDATE period; else maxUnix
}

// A source yields occurrences of one rule in order; cur is the next one.
type source struct {
	it   *ruleIter
	unix int64 // the last instant
	cur  int64
	ok   bool
}

func (s *source) advance() { s.cur, s.ok = s.it.next() }

// walk yields the recurrence set from one civil time to another, both inclusive, in civil order,
// each member once, without visiting what lies before. It stops when yield returns false.
func (r *recurrence) walk(from, to int64, steps *budget, yield func(occurrence) bool) error {
	m := merge{r: r, from: max(from, minCivil), to: min(to, maxCivil), steps: steps, lastUnix: minUnix}
	if m.from > m.to {
		return nil
	}
	if !steps.spend(1 + len(r.rules) + len(r.exrules)) {
		return ErrBudget
	}
	m.open()
	for {
		o, ok := m.next()
		if !ok {
			return steps.err()
		}
		if m.excluded(o) {
			if !steps.spend(1) {
				return ErrBudget
			}
			continue
		}
		if !yield(o) {
			return nil
		}
	}
}

// A merge reads a recurrence's sources side by side.
type merge struct {
	r        *recurrence
	from, to int64
	steps    *budget
	rules    []source
	exrules  []source
	date     int  // next of r.dates
	start    bool // the start is still due
	lastUnix int64
	inGap    map[int64]bool // instants that times in a gap moved to
}

func (m *merge) open() {
	m.rules = m.sources(m.r.rules)
	m.exrules = m.sources(m.r.exrules)
	m.date = sort.Search(len(m.r.dates), func(i int) bool { return m.r.dates[i].civil >= m.from })
	m.start = m.r.start.civil >= m.from
}

func (m *merge) sources(rules []boundRule) []source {
	list := make([]source, len(rules))
	for i := range rules {
		b := &rules[i]
		list[i].it = b.rule.iterate(m.r.start.civil, m.from, min(b.civil, m.to), m.steps)
		list[i].unix = b.unix
		list[i].advance()
	}
	return list
}

// next merges the sources: the least civil time, once.
func (m *merge) next() (occurrence, bool) {
	for {
		civil, found := m.least()
		if !found || civil > m.to {
			return occurrence{}, false
		}
		o, ok := m.take(civil)
		if !ok || o.unix == m.lastUnix || m.inGap[o.unix] {
			continue
		}
		m.lastUnix = o.unix
		if m.r.start.zone.Local(o.unix) != civil {
			m.remember(o.unix)
		}
		return o, true
	}
}

// remember keeps the instant of a time in a gap: a later civil time may mean the same one.
func (m *merge) remember(unix int64) {
	if m.inGap == nil {
		m.inGap = make(map[int64]bool)
	}
	m.inGap[unix] = true
}

func (m *merge) least() (civil int64, found bool) {
	civil = maxUnix
	if m.start {
		civil, found = m.r.start.civil, true
	}
	if m.date < len(m.r.dates) && m.r.dates[m.date].civil < civil {
		civil, found = m.r.dates[m.date].civil, true
	}
	for i := range m.rules {
		if m.rules[i].ok && m.rules[i].cur < civil {
			civil, found = m.rules[i].cur, true
		}
	}
	return civil, found
}

// take moves every source past a civil time and makes the occurrence at it. An RDATE decides over
// a rule, since it may carry an end; a rule whose UNTIL has passed does not count.
func (m *merge) take(civil int64) (o occurrence, ok bool) {
	zone := m.r.start.zone
	o = occurrence{civil: civil, end: maxUnix}
	if m.start && m.r.start.civil == civil {
		m.start = false
		o.unix, ok = m.r.start.unix, true
	}
	for i := range m.rules {
		s := &m.rules[i]
		if !s.ok || s.cur != civil {
			continue
		}
		s.advance()
		unix := zone.Unix(civil)
		if unix > s.unix || ok {
			continue
		}
		o.unix, ok = unix, true
	}
	for m.date < len(m.r.dates) && m.r.dates[m.date].civil == civil {
		d := m.r.dates[m.date]
		m.date++
		m.steps.spend(1)
		if !ok || d.end != maxUnix {
			o.unix, o.end, ok = d.unix, d.end, true
		}
	}
	return o, ok
}

// excluded applies EXDATE and EXRULE.
func (m *merge) excluded(o occurrence) bool {
	if m.r.except.has(o.civil, o.unix) {
		return true
	}
	for i := range m.exrules {
		s := &m.exrules[i]
		for s.ok && s.cur < o.civil {
			s.advance()
		}
		if s.ok && s.cur == o.civil && o.unix <= s.unix {
			return true
		}
	}
	return false
}
