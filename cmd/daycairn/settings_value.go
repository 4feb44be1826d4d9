package main

import (
	"errors"
	"fmt"
	"math"
	"net"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/dustin/go-humanize"
)

// A setter reads a value into its field.
type setter func(*settings, string) error

func text(field func(*settings) *string) setter {
	return func(s *settings, v string) error {
		*field(s) = v
		return nil
	}
}

func address(field func(*settings) *string) setter {
	return func(s *settings, v string) error {
		if _, port, err := net.SplitHostPort(v); err != nil || port == "" {
			return fmt.Errorf("%q is not an address like 127.0.0.1:5233 or :5233", v)
		}
		*field(s) = v
		return nil
	}
}

func oneOf(field func(*settings) *string, choices ...string) setter {
	return func(s *settings, v string) error {
		if !slices.Contains(choices, v) {
			return fmt.Errorf("%q is none of %s", v, strings.Join(choices, ", "))
		}
		*field(s) = v
		return nil
	}
}

func truth(field func(*settings) *bool) setter {
	return func(s *settings, v string) (err error) {
		if *field(s), err = strconv.ParseBool(v); err != nil {
			return fmt.Errorf("%q is neither true nor false", v)
		}
		return nil
	}
}

func number(field func(*settings) *int64) setter {
	return func(s *settings, v string) error {
		n, err := strconv.ParseInt(v, 10, 64)
		if err != nil || n < 1 {
			return fmt.Errorf("%q is not a number above 0", v)
		}
		*field(s) = n
		return nil
	}
}

func size(field func(*settings) *int64) setter {
	return func(s *settings, v string) error {
		n, err := humanize.ParseBytes(v)
		if err != nil || n < 1 || n > math.MaxInt64 {
			return fmt.Errorf("%q is not a size like 10 MiB", v)
		}
		*field(s) = int64(n)
		return nil
	}
}

func span(field func(*settings) *time.Duration) setter {
	return func(s *settings, v string) error {
		d, err := time.ParseDuration(v)
		if err != nil || d <= 0 {
			return fmt.Errorf("%q is not a time like 30s or 5m", v)
		}
		*field(s) = d
		return nil
	}
}

func list(field func(*settings) *[]string) setter {
	return func(s *settings, v string) error {
		*field(s) = nil
		for part := range strings.SplitSeq(v, ",") {
			if part = strings.TrimSpace(part); part != "" {
				*field(s) = append(*field(s), part)
			}
		}
		return nil
	}
}

// baseURL takes an absolute http or https URL without a path: the URL space has one root.
func baseURL(field func(*settings) *string) setter {
	return func(s *settings, v string) error {
		*field(s) = ""
		if v == "" {
			return nil
		}
		u, err := url.Parse(v)
		if err == nil && (u.Scheme != "http" && u.Scheme != "https" || u.Host == "") {
			err = errors.New("no scheme or host")
		}
		if err != nil || u.RawQuery != "" || u.Fragment != "" || u.User != nil || strings.Trim(u.Path, "/") != "" {
			return fmt.Errorf("%q is not a URL like https://dav.example.org", v)
		}
		*field(s) = u.Scheme + "://" + u.Host
		return nil
	}
}
