package backend

// FactsVersion grows with each change of what Describe finds; stored facts of an older one are made anew.
const FactsVersion = 1

// Facts are what the server must know of a body without reading it again. They are a pure function of the bytes and
// never stand in a uniqueness constraint.
type Facts struct {
	Version   int
	UID       string
	Component string // VEVENT, VTODO, VJOURNAL, VFREEBUSY…; VCARD
	Spans     []Span // where in time it may lie: maybe, but never wrongly no
	Text      string // folded text that filters look into (Fold)
	V4        bool   // a card of version 4.0
}

// A Span is a stretch of time in Unix seconds, From inclusive, To exclusive.
type Span struct {
	From, To int64
	Alarm    bool
}
