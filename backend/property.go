package backend

// PropertyName is an expanded XML name.
type PropertyName struct{ Space, Local string }

// A Property is what a client once set: its XML exactly as written (self-contained), nil when it is to be removed.
type Property struct {
	Name PropertyName
	XML  []byte
}

// A Subject has properties: exactly one of its fields is set.
type Subject struct {
	Collection int64
	Object     int64 // of an item
	// Home of a principal, by kind, or (Kind empty) the principal itself.
	Principal int64
	Kind      Kind
}
