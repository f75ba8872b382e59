package main

import (
	"bytes"
	"crypto/ed25519"
	"crypto/rand"
	"crypto/sha256"
	"encoding/base64"
	"encoding/binary"
	"encoding/json"
	"encoding/pem"
	"fmt"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"golang.org/x/mod/sumdb/note"
	"golang.org/x/mod/sumdb/tlog"
)

const origin = "log.example/1"

// world is a log of n entries in a directory, made by sumdb, with checkpoints at several sizes.
type world struct {
	t       *testing.T
	dir     string
	vkey    string
	signer  note.Signer
	witness *witness
	entries [][]byte
	stored  storage
}

func must(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

func newSigner(t *testing.T, name string) (note.Signer, string) {
	skey, vkey, err := note.GenerateKey(rand.Reader, name)
	must(t, err)
	signer, err := note.NewSigner(skey)
	must(t, err)
	return signer, vkey
}

// witness signs as C2SP tlog-cosignature has it.
type witness struct {
	name string
	key  ed25519.PrivateKey
	at   uint64
}

func (w *witness) public() []byte {
	return append([]byte{4}, w.key.Public().(ed25519.PublicKey)...)
}

func (w *witness) Name() string { return w.name }

func (w *witness) KeyHash() uint32 {
	digest := sha256.Sum256(append([]byte(w.name+"\n"), w.public()...))
	return binary.BigEndian.Uint32(digest[:])
}

func (w *witness) Sign(text []byte) ([]byte, error) {
	signature := ed25519.Sign(w.key, append([]byte(fmt.Sprintf("cosignature/v1\ntime %d\n", w.at)), text...))
	stamp := make([]byte, 8)
	binary.BigEndian.PutUint64(stamp, w.at)
	return append(stamp, signature...), nil
}

func (w *witness) vkey() string {
	return fmt.Sprintf("%s+%08x+%s", w.name, w.KeyHash(), base64.StdEncoding.EncodeToString(w.public()))
}

func newWitness(t *testing.T) *witness {
	_, key, err := ed25519.GenerateKey(rand.Reader)
	must(t, err)
	return &witness{"witness.example", key, 1772416800}
}

// newWorld publishes the log at each of the sizes, the last one newest.
func newWorld(t *testing.T, sizes ...int64) *world {
	w := &world{t: t, dir: t.TempDir(), witness: newWitness(t)}
	w.signer, w.vkey = newSigner(t, origin)
	w.write("vkey", []byte(w.vkey+"\n"))
	for _, size := range sizes {
		for int64(len(w.entries)) < size {
			w.add([]byte(fmt.Sprintf(`{"kind":"commitment","number":"%d"}`, len(w.entries))))
		}
		w.publish(size)
		w.write(fmt.Sprintf("old.%d", size), w.read("checkpoint"))
	}
	return w
}

func (w *world) add(entry []byte) {
	hashes, err := tlog.StoredHashes(int64(len(w.entries)), entry, w.stored)
	must(w.t, err)
	w.stored = append(w.stored, hashes...)
	w.entries = append(w.entries, entry)
}

// publish writes all tiles of a tree of that size and its checkpoint.
func (w *world) publish(size int64) {
	for level := 0; size>>uint(8*level) > 0; level++ {
		count := size >> uint(8*level)
		for n := int64(0); n*256 < count; n++ {
			tile := tlog.Tile{H: 8, L: level, N: n, W: 256}
			if count-n*256 < 256 {
				tile.W = int(count - n*256)
			}
			data, err := tlog.ReadTileData(tile, w.stored)
			must(w.t, err)
			w.write(pathOf(tile), data)
			if level == 0 {
				tile.L = -1
				w.write(pathOf(tile), bundleOf(w.entries[n*256:n*256+int64(tile.W)]))
			}
		}
	}
	w.write("checkpoint", w.sign(w.textAt(size), w.signer))
}

func bundleOf(entries [][]byte) []byte {
	bundle := []byte{}
	for _, entry := range entries {
		bundle = append(bundle, byte(len(entry)>>8), byte(len(entry)))
		bundle = append(bundle, entry...)
	}
	return bundle
}

func (w *world) textAt(size int64) string {
	root, err := tlog.TreeHash(size, w.stored)
	must(w.t, err)
	if size == 0 {
		root = sha256.Sum256(nil)
	}
	return fmt.Sprintf("%s\n%d\n%s\n", origin, size, root)
}

func (w *world) sign(text string, signers ...note.Signer) []byte {
	signed, err := note.Sign(&note.Note{Text: text}, signers...)
	must(w.t, err)
	return signed
}

func (w *world) path(name string) string { return filepath.Join(w.dir, name) }

func (w *world) read(name string) []byte {
	data, err := os.ReadFile(w.path(name))
	must(w.t, err)
	return data
}

func (w *world) write(name string, data []byte) {
	must(w.t, os.MkdirAll(filepath.Dir(w.path(name)), 0o755))
	must(w.t, os.WriteFile(w.path(name), data, 0o644))
}

func (w *world) flip(name string, at int) {
	data := w.read(name)
	data[(at+len(data))%len(data)] ^= 1
	w.write(name, data)
}

// forge puts another letter of base64 in the place of one.
func (w *world) forge(name string, at int) {
	data := w.read(name)
	at = (at + len(data)) % len(data)
	if data[at] == 'A' {
		data[at] = 'B'
	} else {
		data[at] = 'A'
	}
	w.write(name, data)
}

// replace signs anew what the checkpoint says after a replacement in its text.
func (w *world) replace(name, old, new string) {
	text := strings.SplitAfter(string(w.read(name)), "\n\n")[0]
	changed := strings.Replace(strings.TrimSuffix(text, "\n"), old, new, 1)
	if changed+"\n" == text {
		w.t.Fatalf("%q is not in %q", old, text)
	}
	w.write(name, w.sign(changed, w.signer))
}

// outcome of one run of the program.
type outcome struct {
	code   int
	answer map[string]interface{}
	said   string
}

func program(t *testing.T, arguments ...string) outcome {
	t.Helper()
	stdout, stderr := &bytes.Buffer{}, &bytes.Buffer{}
	o := outcome{code: run(arguments, stdout, stderr), said: stderr.String()}
	if o.code != 2 {
		must(t, json.Unmarshal(stdout.Bytes(), &o.answer))
	}
	return o
}

func (o outcome) holds(t *testing.T) {
	t.Helper()
	if o.code != 0 || o.answer["ok"] != true || o.said != "" {
		t.Fatalf("refused with code %d: %s", o.code, o.said)
	}
}

func (o outcome) refused(t *testing.T, why string) {
	t.Helper()
	if o.code != 1 || o.answer["ok"] != false || !strings.Contains(o.said, why) {
		t.Fatalf("code %d, not refused because of %q: %s", o.code, why, o.said)
	}
	if o.said != "tlogcheck: "+o.answer["error"].(string)+"\n" || strings.Count(o.said, "\n") != 1 {
		t.Fatalf("not one sentence: %q", o.said)
	}
}

func (w *world) inDirectory(more ...string) outcome {
	w.t.Helper()
	return program(w.t, append([]string{"dir", "--dir", w.dir, "--vkey", w.vkey}, more...)...)
}

// served offers the directory over HTTPS as a log does; `first` may answer instead (then it says true).
func (w *world) served(first func(http.ResponseWriter, *http.Request) bool, more ...string) outcome {
	w.t.Helper()
	server := httptest.NewTLSServer(http.HandlerFunc(func(out http.ResponseWriter, in *http.Request) {
		if first == nil || !first(out, in) {
			w.answer(out, in.RequestURI)
		}
	}))
	defer server.Close()
	w.write("ca.pem", pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: server.Certificate().Raw}))
	arguments := []string{"log", "--base", server.URL + "/log/1", "--ca", w.path("ca.pem"), "--vkey", w.vkey}
	return program(w.t, append(arguments, more...)...)
}

func (w *world) answer(out http.ResponseWriter, target string) {
	name := strings.TrimPrefix(target, "/log/1/")
	data, err := os.ReadFile(w.path(name))
	if err != nil || filepath.Clean(name) != name || strings.Contains(name, "..") {
		http.NotFound(out, nil)
		return
	}
	out.Header().Set("Content-Type", "text/plain; charset=utf-8")
	out.Header().Set("Cache-Control", "no-cache")
	if strings.HasPrefix(name, "tile/") {
		out.Header().Set("Content-Type", "application/octet-stream")
		out.Header().Set("Cache-Control", "public, max-age=31536000, immutable")
	}
	if _, err := out.Write(data); err != nil {
		w.t.Error(err)
	}
}
