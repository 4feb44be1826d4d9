//go:build !race

package line

const padding = 1
