package ics

// todo is the table of RFC 4791 §9.9 for to-dos, row by row.
func (q *question) todo(f *facts) bool {
	switch {
	case f.anchor.ok():
		return q.any(f, 0, f.reach(), func(i instance) bool { return q.meets(f, i) })
	case f.broken():
		return true
	}
	return q.undated(f)
}

func (q *question) todoInstance(f *facts, i instance) bool {
	switch {
	case f.start.ok() && f.end.ok():
		return (q.start < i.end || q.start <= i.start) && (q.end > i.start || q.end >= i.end)
	case f.start.ok() && i.hasEnd:
		return q.start <= i.end && (q.end > i.start || q.end >= i.end)
	case f.start.ok():
		return q.has(i.start)
	}
	return q.start < i.end && q.end >= i.end
}

// undated decides on a to-do that has neither DTSTART nor DUE.
func (q *question) undated(f *facts) bool {
	completed, created := q.v.point(find(f.comp, "COMPLETED")), q.v.point(find(f.comp, "CREATED"))
	switch {
	case completed.ok() && created.ok():
		return (q.start <= created.unix || q.start <= completed.unix) &&
			(q.end >= created.unix || q.end >= completed.unix)
	case completed.ok():
		return q.start <= completed.unix && q.end >= completed.unix
	case created.ok():
		return q.end > created.unix
	}
	return true
}
