package auth

import (
	"fmt"
	"net/http"
	"net/netip"
	"strings"
)

// maxHops bounds how many proxies are walked back through.
const maxHops = 16

// Proxies are the peers whose word about the client is taken. The zero value trusts nobody.
type Proxies []netip.Prefix

// ParseProxies reads CIDRs or single addresses.
func ParseProxies(list []string) (Proxies, error) {
	var p Proxies
	for _, s := range list {
		s = strings.TrimSpace(s)
		if a, err := netip.ParseAddr(s); err == nil {
			a = a.Unmap()
			p = append(p, netip.PrefixFrom(a, a.BitLen()))
			continue
		}
		net, err := netip.ParsePrefix(s)
		if err != nil {
			return nil, fmt.Errorf("%q is neither an address nor a network like 10.0.0.0/8", s)
		}
		p = append(p, net.Masked())
	}
	return p, nil
}

// Trust tells whether an address is one of the proxies.
func (p Proxies) Trust(a netip.Addr) bool {
	for _, net := range p {
		if net.Contains(a) {
			return true
		}
	}
	return false
}

// Peer is the address at the other end of the connection; invalid when it has none (a unix socket).
func Peer(r *http.Request) netip.Addr {
	ap, err := netip.ParseAddrPort(r.RemoteAddr)
	if err != nil {
		return netip.Addr{}
	}
	return ap.Addr().Unmap().WithZone("")
}

// Client is the address that asks: the peer's own, unless the peer is trusted; then the last one in X-Forwarded-For
// that is not a trusted proxy itself. What the client wrote there before its first proxy is never believed.
func (p Proxies) Client(r *http.Request) netip.Addr {
	client := Peer(r)
	if !p.Trust(client) {
		return client
	}
	hops := strings.Join(r.Header["X-Forwarded-For"], ",")
	for range maxHops {
		if hops == "" {
			break
		}
		i := strings.LastIndexByte(hops, ',')
		a, ok := parseHop(hops[i+1:])
		if !ok {
			break
		}
		client, hops = a, hops[:max(i, 0)]
		if !p.Trust(a) {
			break
		}
	}
	return client
}

// parseHop reads an address as proxies write it, with or without a port.
func parseHop(s string) (netip.Addr, bool) {
	s = strings.TrimSpace(s)
	if ap, err := netip.ParseAddrPort(s); err == nil {
		return ap.Addr().Unmap().WithZone(""), true
	}
	a, err := netip.ParseAddr(strings.Trim(s, "[]"))
	return a.Unmap().WithZone(""), err == nil
}

// Place is what counts as one address when failures or connections are counted: an IPv6 customer has a /64 to itself.
func Place(a netip.Addr) netip.Prefix {
	bits := a.BitLen()
	if a.Is6() {
		bits = 64
	}
	net, err := a.Prefix(bits)
	if err != nil {
		return netip.Prefix{}
	}
	return net
}
