//go:build race

package line

// padding is what the race detector makes of small allocations, at most.
const padding = 2
