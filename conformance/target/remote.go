package target

import (
	"context"
	"fmt"
	"net/http"
	"net/url"

	"daycairn/conformance/wire"
)

// Remote finds the places of an account on any server, as a client does (RFC 6764 §6), and makes collections in them
// that only the caller knows.
func Remote(ctx context.Context, base, name, password string) (*User, error) {
	at, err := url.Parse(base)
	if err != nil {
		return nil, fmt.Errorf("url: %w", err)
	}
	root := at.EscapedPath()
	if root == "" {
		root = "/"
	}
	u := &User{Name: name, Password: password, Login: password}
	c := u.Client(at.Scheme+"://"+at.Host, 2)
	if u.Principal, err = ask(ctx, c, root, "D:current-user-principal"); err != nil {
		return nil, err
	}
	if u.CalHome, err = ask(ctx, c, u.Principal, "C:calendar-home-set"); err != nil {
		return nil, err
	}
	if u.CardHome, err = ask(ctx, c, u.Principal, "CR:addressbook-home-set"); err != nil {
		return nil, err
	}
	return u, nil
}

// ask reads one href property.
func ask(ctx context.Context, c *wire.Client, path, prop string) (string, error) {
	n := wire.MustName(prop)
	body := fmt.Sprintf(`<propfind xmlns="DAV:" xmlns:p="%s"><prop><p:%s/></prop></propfind>`, n.Space, n.Local)
	a, err := c.Do(ctx, wire.Request{Method: "PROPFIND", Target: path, Body: []byte(body), Header: []wire.Header{
		{Name: "Depth", Value: "0"}, {Name: "Content-Type", Value: "application/xml"}}})
	if err != nil {
		return "", err
	}
	m, err := a.Multistatus()
	if err != nil {
		return "", fmt.Errorf("%s of %s: %w", prop, path, err)
	}
	if len(m.Responses) != 1 || m.Responses[0].Value(n) == "" {
		return "", fmt.Errorf("%s has no %s", path, prop)
	}
	return m.Responses[0].Value(n), nil
}

// Furnish gives a remote user fresh collections; Clear removes them.
func (u *User) Furnish(ctx context.Context, c *wire.Client) error {
	for _, f := range []struct {
		at           *string
		home, method string
		body         string
	}{
		{&u.Calendar, u.CalHome, "MKCALENDAR", mkcalendar("VEVENT")},
		{&u.Tasks, u.CalHome, "MKCALENDAR", mkcalendar("VTODO")},
		{&u.Book, u.CardHome, "MKCOL", `<mkcol xmlns="DAV:"><set><prop><resourcetype><collection/><c:addressbook xmlns:c="urn:ietf:params:xml:ns:carddav"/></resourcetype><displayname>conformance</displayname></prop></set></mkcol>`},
	} {
		*f.at = f.home + Random("conformance-") + "/"
		a, err := c.Do(ctx, wire.Request{Method: f.method, Target: *f.at, Body: []byte(f.body),
			Header: []wire.Header{{Name: "Content-Type", Value: "application/xml; charset=utf-8"}}})
		if err != nil {
			return err
		}
		if a.Status != http.StatusCreated {
			return fmt.Errorf("%s %s: status %d: %.200s", f.method, *f.at, a.Status, a.Body)
		}
	}
	return nil
}

func mkcalendar(component string) string {
	return `<c:mkcalendar xmlns="DAV:" xmlns:c="urn:ietf:params:xml:ns:caldav"><set><prop><displayname>conformance</displayname><c:supported-calendar-component-set><c:comp name="` + component + `"/></c:supported-calendar-component-set></prop></set></c:mkcalendar>`
}

// Clear removes what Furnish made.
func (u *User) Clear(ctx context.Context, c *wire.Client) {
	for _, at := range []string{u.Calendar, u.Tasks, u.Book} {
		if at != "" {
			c.Do(ctx, wire.Request{Method: "DELETE", Target: at})
		}
	}
}
