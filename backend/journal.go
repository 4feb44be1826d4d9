package backend

import "iter"

// A Journal is the second copy of every write: frames written ahead of the commit that they describe.
// Frames are opaque here; the engine that wrote them can apply them again.
type Journal interface {
	// Append writes a frame for the versions first…last. It is in the operating system's hands when Append returns,
	// and on disk if the journal was opened so.
	Append(f Frame) error
	// Abort says that the commit of the frame whose first version this is did not happen.
	Abort(first int64) error
	// Frames yields the frames that were not aborted and whose Last is above after, oldest first. A torn tail
	// (a crash in the middle of Append) ends the sequence without an error; damage before it is one.
	Frames(after int64) iter.Seq2[Frame, error]
	// Head is the Last of the newest frame that was not aborted, 0 if there is none.
	Head() int64
	Close() error
}

// A Frame is one group commit.
type Frame struct {
	First, Last int64 // versions
	Payload     []byte
}
