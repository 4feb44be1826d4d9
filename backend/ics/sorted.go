package ics

import "slices"

// A sortedSet is a set of numbers that is filled first and asked then.
type sortedSet struct {
	list   []int64
	sorted bool
}

func (s *sortedSet) add(v int64) {
	s.list = append(s.list, v)
	s.sorted = false
}

func (s *sortedSet) has(v int64) bool {
	if len(s.list) == 0 {
		return false
	}
	if !s.sorted {
		slices.Sort(s.list)
		s.sorted = true
	}
	_, ok := slices.BinarySearch(s.list, v)
	return ok
}
