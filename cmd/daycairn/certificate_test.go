package main

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/pem"
	"math/big"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

// mustPair writes a self-signed certificate with a serial number.
func mustPair(t *testing.T, certFile, keyFile string, serial int64) {
	t.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	template := &x509.Certificate{
		SerialNumber: big.NewInt(serial), Subject: pkix.Name{CommonName: "test"}, IPAddresses: []net.IP{net.IPv4(127, 0, 0, 1)},
		NotBefore: time.Now().Add(-time.Hour), NotAfter: time.Now().Add(time.Hour),
	}
	cert, err := x509.CreateCertificate(rand.Reader, template, template, &key.PublicKey, key)
	if err != nil {
		t.Fatal(err)
	}
	der, err := x509.MarshalPKCS8PrivateKey(key)
	if err != nil {
		t.Fatal(err)
	}
	for name, block := range map[string]*pem.Block{
		certFile: {Type: "CERTIFICATE", Bytes: cert}, keyFile: {Type: "PRIVATE KEY", Bytes: der},
	} {
		if err := os.WriteFile(name, pem.EncodeToMemory(block), 0o600); err != nil {
			t.Fatal(err)
		}
	}
}

func TestServeTLS(t *testing.T) {
	dir := t.TempDir()
	certFile, keyFile := filepath.Join(dir, "cert.pem"), filepath.Join(dir, "key.pem")
	pl := newPlace(t)
	args := []string{"--tls-cert", certFile, "--tls-key", keyFile}
	if r := pl.do("", append([]string{"serve", "--listen", "127.0.0.1:0"}, args...)...); r.code != exitFailed {
		t.Errorf("without the files: exit code %d", r.code)
	}
	mustPair(t, certFile, keyFile, 1)
	s := pl.serve(t, args...)
	if !strings.HasPrefix(s.url, "https://") {
		t.Fatalf("address %s", s.url)
	}
	tr := &http.Transport{TLSClientConfig: &tls.Config{InsecureSkipVerify: true}, ForceAttemptHTTP2: true}
	defer tr.CloseIdleConnections()
	req, err := http.NewRequest("GET", s.url+"/healthz", nil)
	if err != nil {
		t.Fatal(err)
	}
	resp, err := tr.RoundTrip(req)
	if err != nil {
		t.Fatal(err)
	}
	resp.Body.Close()
	if resp.ProtoMajor != 2 || resp.TLS.PeerCertificates[0].SerialNumber.Int64() != 1 {
		t.Errorf("got HTTP/%d, certificate %v", resp.ProtoMajor, resp.TLS.PeerCertificates[0].SerialNumber)
	}
	if _, err := tls.Dial("tcp", strings.TrimPrefix(s.url, "https://"), &tls.Config{InsecureSkipVerify: true, MaxVersion: tls.VersionTLS11}); err == nil {
		t.Error("TLS 1.1 was taken")
	}
}

func TestCertificateIsReadAgain(t *testing.T) {
	dir := t.TempDir()
	certFile, keyFile := filepath.Join(dir, "cert.pem"), filepath.Join(dir, "key.pem")
	mustPair(t, certFile, keyFile, 1)
	pl := newPlace(t)
	var log syncBuffer
	p := pl.program(nil, nil, &log)
	c, err := loadCertificate(certFile, keyFile, p.logger(nil))
	if err != nil {
		t.Fatal(err)
	}
	now := time.Now()
	c.now = func() time.Time { return now }
	serial := func(want int64) {
		t.Helper()
		now = now.Add(certLook)
		pair, err := c.get(nil)
		if err != nil || pair.Leaf.SerialNumber.Int64() != want {
			t.Errorf("got %v, %v, want serial %d", pair.Leaf.SerialNumber, err, want)
		}
	}
	serial(1)
	mustPair(t, certFile, filepath.Join(dir, "other.pem"), 2)
	if err := os.Chtimes(certFile, now, now.Add(time.Minute)); err != nil {
		t.Fatal(err)
	}
	serial(1) // the key does not fit yet
	if !strings.Contains(log.String(), "the old one stays") {
		t.Errorf("nothing in the log: %s", log.String())
	}
	if err := os.Rename(filepath.Join(dir, "other.pem"), keyFile); err != nil {
		t.Fatal(err)
	}
	if err := os.Chtimes(keyFile, now, now.Add(time.Minute)); err != nil {
		t.Fatal(err)
	}
	serial(2)
	if err := os.Remove(certFile); err != nil {
		t.Fatal(err)
	}
	serial(2)
}
