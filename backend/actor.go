package backend

// An Actor is who writes: every version carries one.
type Actor struct {
	Principal  int64 // 0: the program itself
	Credential int64 // 0: none
	Agent      string
}

// Server is the actor of what the program does by itself.
var Server = Actor{Agent: "daycairn"}
