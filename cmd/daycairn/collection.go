package main

import (
	"encoding/xml"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"daycairn/backend"
)

func (p *program) collectionCommand() *cobra.Command {
	c := group(&cobra.Command{Use: "collection", Short: "Calendars, task lists and address books"})
	c.AddCommand(
		p.collectionListCommand(),
		p.collectionCreateCommand(),
		p.collectionRenameCommand(),
		p.collectionDeleteCommand(),
	)
	return c
}

// collectionKinds are the kinds as people name them.
var collectionKinds = []preset{
	{slug: "calendar", kind: backend.Calendar, components: []string{"VEVENT"}},
	{slug: "tasks", kind: backend.Calendar, components: []string{"VTODO"}},
	{slug: "notes", kind: backend.Calendar, components: []string{"VJOURNAL"}},
	{slug: "mixed", kind: backend.Calendar},
	{slug: "contacts", kind: backend.AddressBook},
}

func kindNames() []string {
	names := make([]string, len(collectionKinds))
	for i, k := range collectionKinds {
		names[i] = k.slug
	}
	return names
}

func kindNamed(name string) (preset, error) {
	for _, k := range collectionKinds {
		if k.slug == name {
			return k, nil
		}
	}
	return preset{}, usageError{fmt.Errorf("kind %q is none of %s", name, strings.Join(kindNames(), ", "))}
}

// kindOf is the name of what a collection is; "calendar" for a mix of components that has no name.
func kindOf(c backend.Collection) string {
	for _, k := range collectionKinds {
		if k.kind == c.Kind && slices.Equal(k.components, c.Components) {
			return k.slug
		}
	}
	return collectionKinds[0].slug
}

// collectionJSON is a collection for programs.
type collectionJSON struct {
	User       string     `json:"user"`
	Slug       string     `json:"slug"`
	Kind       string     `json:"kind"`
	Path       string     `json:"path"`
	Components []string   `json:"components"`
	Name       string     `json:"name"`
	Items      int64      `json:"items"`
	Created    *time.Time `json:"created"`
	Modified   *time.Time `json:"modified"`
}

// collections of a person.
func collections(r backend.Reader, u backend.Principal) ([]collectionJSON, error) {
	list := []collectionJSON{}
	for _, kind := range []backend.Kind{backend.Calendar, backend.AddressBook} {
		home, err := r.Home(u.ID, kind)
		if err != nil {
			return nil, err
		}
		for _, c := range home {
			props, err := r.Properties(backend.Subject{Collection: c.ID})
			if err != nil {
				return nil, err
			}
			list = append(list, collectionJSON{
				User: u.Name, Slug: c.Slug, Kind: kindOf(c), Components: c.Components, Name: nameIn(props), Items: c.Items,
				Path:    fmt.Sprintf("%s/%s/%s/%s/", davPrefix, kind, u.Slug, c.Slug),
				Created: stamp(c.Created), Modified: stamp(c.Modified),
			})
		}
	}
	return list, nil
}

// nameIn reads the displayname that a client or we have set.
func nameIn(props []backend.Property) string {
	for _, p := range props {
		if p.Name != (backend.PropertyName{Space: "DAV:", Local: "displayname"}) {
			continue
		}
		var name struct {
			Text string `xml:",chardata"`
		}
		if xml.Unmarshal(p.XML, &name) == nil {
			return strings.TrimSpace(name.Text)
		}
	}
	return ""
}

// findCollection takes a slug that one living collection of the person has; kind ("" for any) tells two apart.
func findCollection(r backend.Reader, u backend.Principal, slug, kind string) (found backend.Collection, err error) {
	kinds := []backend.Kind{backend.Calendar, backend.AddressBook}
	if kind != "" {
		k, err := kindNamed(kind)
		if err != nil {
			return found, err
		}
		kinds = []backend.Kind{k.kind}
	}
	n := 0
	for _, k := range kinds {
		c, err := r.Collection(u.ID, k, slug)
		if errors.Is(err, backend.ErrNotFound) {
			continue
		}
		if err != nil {
			return found, err
		}
		found = c
		n++
	}
	switch n {
	case 0:
		return found, fmt.Errorf("collection %s of %s: %w", printable(slug), u.Name, backend.ErrNotFound)
	case 1:
		return found, nil
	}
	return found, usageError{hinted{fmt.Errorf("%s has a calendar and an address book %s", u.Name, slug), "say which with --kind"}}
}

// checkSlug takes what a URL can carry without escapes.
func checkSlug(slug string) error {
	if len(slug) > backend.MaxSlug || backend.Slugify(slug) != slug {
		return usageError{hinted{fmt.Errorf("%q cannot be a part of a URL", slug), fmt.Sprintf("for example %q; --name takes any text", backend.Slugify(slug))}}
	}
	if slices.Contains(backend.ReservedSlugs, slug) {
		return usageError{fmt.Errorf("%q is reserved", slug)}
	}
	return nil
}
