package sqlite

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"

	"daycairn/backend"
)

// work does everything that a Writer can, at random, in n Updates.
func (p *pair) work(seed uint64, n int) {
	p.Helper()
	r := rand.New(rand.NewPCG(seed, 1))
	for range n {
		by := backend.Actor{Principal: 1, Agent: "agent\n"}
		err := p.s.Update(context.Background(), by, func(w backend.Writer) error {
			for range 1 + r.IntN(3) {
				if err := act(w, r); err != nil {
					return err
				}
			}
			return nil
		})
		if err != nil && !errors.Is(err, backend.ErrExists) && !errors.Is(err, backend.ErrNotFound) {
			p.Fatal(err)
		}
	}
}

// A site is where one random act happens.
type site struct {
	w    backend.Writer
	r    *rand.Rand
	by   backend.Principal
	home []backend.Collection
	col  backend.Collection
}

// acts are what can happen, as often as they stand here.
var acts = []func(*site) error{
	(*site).put, (*site).put, (*site).put, (*site).put, (*site).put, (*site).put, (*site).put, (*site).put,
	(*site).delete, (*site).delete, (*site).move, (*site).move, (*site).rename, (*site).components,
	(*site).properties, (*site).properties, (*site).properties, (*site).refuse, (*site).create, (*site).drop,
	(*site).principal, (*site).addresses, (*site).app, (*site).login, (*site).revoke, (*site).newcomer,
}

func act(w backend.Writer, r *rand.Rand) error {
	s := &site{w: w, r: r}
	var all []backend.Principal
	for p, err := range w.Principals() {
		if err != nil {
			return err
		}
		all = append(all, p)
	}
	if len(all) == 0 {
		return s.newcomer()
	}
	s.by = all[r.IntN(len(all))]
	var err error
	if s.home, err = w.Home(s.by.ID, s.kind()); err != nil {
		return err
	}
	if len(s.home) == 0 {
		return s.create()
	}
	s.col = s.home[r.IntN(len(s.home))]
	return acts[r.IntN(len(acts))](s)
}

func (s *site) kind() backend.Kind {
	return []backend.Kind{backend.Calendar, backend.AddressBook}[s.r.IntN(2)]
}
func (s *site) name() string { return fmt.Sprint("item", s.r.IntN(6)) }
func (s *site) slug() string { return fmt.Sprint("slug", s.r.IntN(5)) }

func (s *site) property() []backend.Property {
	p := backend.Property{Name: backend.PropertyName{Space: "urn:x", Local: fmt.Sprint(s.r.IntN(3))}}
	if s.r.IntN(3) > 0 {
		p.XML = fmt.Append(nil, "<x>", s.r.IntN(3))
	}
	return []backend.Property{p}
}

func (s *site) put() error {
	n := s.r.IntN(20)
	body := fmt.Appendf(nil, "BEGIN:VCALENDAR\r\nVERSION:2.0\r\nPRODID:x\r\nBEGIN:VEVENT\r\nUID:%d\r\nDTSTAMP:20260101T000000Z\r\n"+
		"DTSTART:202601%02dT100000Z\r\nSUMMARY:Meeting %d\r\nEND:VEVENT\r\nEND:VCALENDAR\r\n", n, 1+n/2, n)
	if s.col.Kind == backend.AddressBook {
		body = fmt.Appendf(nil, "BEGIN:VCARD\r\nVERSION:%d.0\r\nUID:%d\r\nFN:Name %d\r\nEND:VCARD\r\n", 3+n%2, n, n)
	}
	facts, err := backend.Describe(s.col.Kind, body)
	if err != nil {
		return err
	}
	_, _, err = s.w.PutItem(s.col.ID, s.name(), body, facts)
	return err
}

func (s *site) delete() error { return s.w.DeleteItem(s.col.ID, s.name()) }

func (s *site) move() error {
	_, err := s.w.MoveItem(s.col.ID, s.name(), s.home[s.r.IntN(len(s.home))].ID, s.name())
	return err
}

func (s *site) rename() error { return s.w.RenameCollection(s.col.ID, s.slug()) }

func (s *site) components() error {
	return s.w.SetComponents(s.col.ID, []string{"VEVENT", "VTODO"}[:s.r.IntN(3)])
}

func (s *site) properties() error {
	of := backend.Subject{Collection: s.col.ID}
	switch s.r.IntN(3) {
	case 0:
		of = backend.Subject{Principal: s.by.ID, Kind: s.col.Kind}
	case 1:
		it, err := s.w.Item(s.col.ID, s.name())
		if err != nil {
			return err
		}
		of = backend.Subject{Object: it.Object}
	}
	return s.w.SetProperties(of, s.property())
}

func (s *site) refuse() error {
	name := s.name()
	return s.w.Refuse(backend.Refused{
		Principal: s.by.ID, Collection: s.col.ID, Name: name, Condition: "If-Match", Body: []byte(name),
	})
}

func (s *site) create() error {
	_, err := s.w.CreateCollection(backend.NewCollection{
		Owner: s.by.ID, Kind: s.kind(), Slug: s.slug(), Properties: s.property(), Default: s.r.IntN(4) == 0,
	})
	return err
}

func (s *site) drop() error {
	if s.r.IntN(2) == 0 {
		return nil
	}
	return s.w.DeleteCollection(s.col.ID)
}

func (s *site) newcomer() error {
	_, err := s.w.CreatePrincipal(backend.NewPrincipal{Name: fmt.Sprint("user", s.r.IntN(99)), Addresses: []string{"mailto:x@y"}})
	return err
}

func (s *site) principal() error {
	if s.r.IntN(9) == 0 {
		return s.w.DeletePrincipal(s.by.ID)
	}
	s.by.DisplayName, s.by.Admin = fmt.Sprint(s.r.IntN(9)), s.r.IntN(2) == 0
	return s.w.UpdatePrincipal(s.by)
}

func (s *site) addresses() error {
	return s.w.SetAddresses(s.by.ID, []string{"mailto:a@b", "mailto:c@d"}[:s.r.IntN(3)])
}

func (s *site) app() error {
	_, err := s.w.AddCredential(backend.Credential{
		Principal: s.by.ID, Kind: backend.AppPassword, Label: "phone", Key: fmt.Sprint("k", s.r.Int64()), Secret: "s",
	})
	return err
}

func (s *site) login() error {
	_, err := s.w.AddCredential(backend.Credential{
		Principal: s.by.ID, Kind: backend.LoginPassword, Secret: fmt.Sprint(s.r.IntN(99)),
	})
	return err
}

func (s *site) revoke() error {
	list, err := s.w.Credentials(s.by.ID)
	if err != nil || len(list) == 0 {
		return err
	}
	return s.w.RevokeCredential(list[s.r.IntN(len(list))].ID)
}
