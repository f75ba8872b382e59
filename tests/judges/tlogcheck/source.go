package main

import (
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"os"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"time"
)

// source is where a log is read from; paths are relative to its base.
type source interface {
	checkpoint() ([]byte, error)
	vkey() ([]byte, error)            // nil where a directory has none
	tile(path string) ([]byte, error) // also entry bundles
	refuse(path string) (bool, error) // whether the path is refused as it should be
	refusals() (hostile []string)     // paths that no log may answer
}

// largest is the size of a full bundle of the longest entries; nothing a log serves is larger.
const largest = 256 * (2 + 65535)

type directory string

func (d directory) checkpoint() ([]byte, error) { return d.tile("checkpoint") }

func (d directory) vkey() ([]byte, error) {
	text, err := d.tile("vkey")
	if errors.Is(err, os.ErrNotExist) {
		return nil, nil
	}
	return text, err
}

func (d directory) tile(path string) ([]byte, error) {
	return os.ReadFile(filepath.Join(string(d), filepath.FromSlash(path)))
}

func (d directory) refuse(string) (bool, error) { return true, nil }
func (d directory) refusals() []string          { return nil }

type website struct {
	base   string
	client *http.Client
}

func newWebsite(base, caFile string) (*website, error) {
	address, err := url.Parse(base)
	if err != nil || address.Scheme != "https" || address.Host == "" || address.RawQuery != "" || address.Fragment != "" {
		return nil, fmt.Errorf("%q is not the https address of a log", base)
	}
	settings := &tls.Config{MinVersion: tls.VersionTLS12}
	if caFile != "" {
		pem, err := os.ReadFile(caFile)
		if err != nil {
			return nil, fmt.Errorf("cannot read the authority: %v", err)
		}
		settings.RootCAs = x509.NewCertPool()
		if !settings.RootCAs.AppendCertsFromPEM(pem) {
			return nil, fmt.Errorf("%s holds no certificate", caFile)
		}
	}
	client := &http.Client{
		Timeout:       30 * time.Second,
		Transport:     &http.Transport{TLSClientConfig: settings},
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
	}
	return &website{strings.TrimSuffix(base, "/"), client}, nil
}

// get sends the path exactly as it is written: hostile ones must not be tidied on the way.
func (w *website) get(path string) (*http.Response, []byte, error) {
	address, err := url.Parse(w.base)
	if err != nil {
		return nil, nil, err
	}
	address.Opaque = address.EscapedPath() + "/" + path
	response, err := w.client.Do(&http.Request{Method: "GET", URL: address, Host: address.Host, Header: http.Header{}})
	if err != nil {
		return nil, nil, fmt.Errorf("%s does not answer: %v", path, err)
	}
	defer response.Body.Close()
	body, err := io.ReadAll(io.LimitReader(response.Body, largest+1))
	if err != nil {
		return nil, nil, fmt.Errorf("the answer to %s breaks off: %v", path, err)
	}
	if len(body) > largest {
		return nil, nil, fmt.Errorf("the answer to %s has no end", path)
	}
	return response, body, nil
}

func (w *website) read(path, contentType string) (http.Header, []byte, error) {
	response, body, err := w.get(path)
	if err != nil {
		return nil, nil, err
	}
	if response.StatusCode != http.StatusOK {
		return nil, nil, fmt.Errorf("%s is answered with status %d", path, response.StatusCode)
	}
	if given := response.Header.Get("Content-Type"); given != contentType {
		return nil, nil, fmt.Errorf("%s has the content type %q, not %q", path, given, contentType)
	}
	return response.Header, body, nil
}

const text, octets = "text/plain; charset=utf-8", "application/octet-stream"

var maxAge = regexp.MustCompile(`(?:^|[ ,])max-age=([0-9]+)(?:$|[ ,])`)

// cached answers max-age in seconds (-1: none) and the whole header.
func cached(header http.Header) (int, string) {
	control := strings.ToLower(strings.Join(header.Values("Cache-Control"), ", "))
	found := maxAge.FindStringSubmatch(control)
	if found == nil {
		return -1, control
	}
	seconds, err := strconv.Atoi(found[1])
	if err != nil {
		return -1, control
	}
	return seconds, control
}

// A checkpoint may be kept for "a few seconds", a tile for long (C2SP tlog-tiles).
const fewSeconds, longLived = 10, 24 * 60 * 60

func (w *website) checkpoint() ([]byte, error) {
	header, body, err := w.read("checkpoint", text)
	if err != nil {
		return nil, err
	}
	seconds, control := cached(header)
	fresh := strings.Contains(control, "no-store") || strings.Contains(control, "no-cache")
	if !fresh && (seconds < 0 || seconds > fewSeconds) || strings.Contains(control, "immutable") {
		return nil, fmt.Errorf("the checkpoint may be cached too long: Cache-Control is %q", control)
	}
	return body, nil
}

func (w *website) tile(path string) ([]byte, error) {
	header, body, err := w.read(path, octets)
	if err != nil {
		return nil, err
	}
	seconds, control := cached(header)
	if !strings.Contains(control, "immutable") || strings.Contains(control, "no-") || seconds < longLived {
		return nil, fmt.Errorf("%s never changes and yet its Cache-Control is %q", path, control)
	}
	return body, nil
}

func (w *website) vkey() ([]byte, error) {
	_, body, err := w.read("vkey", text)
	return body, err
}

func (w *website) refuse(path string) (bool, error) {
	response, _, err := w.get(path)
	if err != nil {
		return false, err
	}
	return response.StatusCode == http.StatusNotFound || response.StatusCode == http.StatusBadRequest, nil
}

// refusals: spellings of tiles that are not the one spelling, tiles no tree has, and ways out of the folder.
func (w *website) refusals() []string {
	return []string{
		"tile/0/0", "tile/0/00", "tile/0/0000", "tile/00/000", "tile/64/000", "tile/-1/000", "tile/+0/000",
		"tile/0/000.p/0", "tile/0/000.p/256", "tile/0/000.p/01", "tile/0/000.p/-1", "tile/0/000.p/", "tile/0/000.p",
		"tile/0/x000/000", "tile/0/000/000", "tile/0/x000", "tile/0/X001/000", "tile/0/000/", "tile//0/000",
		"tile/0/x999/x999/999", "tile/0/18446744073709551616", "tile/0/x999/x999/x999/x999/x999/x999/x999/999",
		"tile/63/000", "tile/8/0/000", "tile/data/000", "tile/entries/0", "tile/entries/000.p/256",
		"tile/entries/x999/x999/999", "tile/Entries/000", "tile/0/../0/x000", "tile/0/..%2f..%2fcheckpoint",
		"tile/0/000%00", "tile/0/%EF%BC%90%EF%BC%90%EF%BC%90", "tile/0/000.p/1/2", "tile/0/000.P/1", "tile/",
	}
}
