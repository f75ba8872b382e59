package main

import (
	"fmt"
	"strings"
	"testing"

	"golang.org/x/mod/sumdb/note"
	"golang.org/x/mod/sumdb/tlog"
)

func (w *world) proofText(index, size int64, signers ...note.Signer) string {
	path, err := tlog.ProveRecord(size, index, w.stored)
	must(w.t, err)
	lines := []string{"c2sp.org/tlog-proof@v1", fmt.Sprintf("index %d", index)}
	for _, hash := range path {
		lines = append(lines, hash.String())
	}
	return strings.Join(lines, "\n") + "\n\n" + string(w.sign(w.textAt(size), signers...))
}

func (w *world) proven(text string, entry []byte, more ...string) outcome {
	w.t.Helper()
	w.write("tlog-proof", []byte(text))
	w.write("entry", entry)
	arguments := []string{"proof", "--proof", w.path("tlog-proof"), "--entry", w.path("entry"), "--vkey", w.vkey}
	return program(w.t, append(arguments, more...)...)
}

func TestGoodProofs(t *testing.T) {
	w := newWorld(t, 1, 256, 600)
	for _, size := range []int64{1, 2, 3, 255, 256, 257, 600} {
		for _, index := range []int64{0, size / 2, size - 1} {
			o := w.proven(w.proofText(index, size, w.signer), w.entries[index])
			o.holds(t)
			if o.answer["index"] != float64(index) || o.answer["size"] != float64(size) || o.answer["origin"] != origin {
				t.Fatalf("%v", o.answer)
			}
		}
	}
	with := strings.Replace(w.proofText(9, 600, w.signer, w.witness), "\nindex", "\nextra c2FsdA==\nindex", 1)
	w.proven(with, w.entries[9], "--witness", w.witness.vkey()).holds(t)
}

func TestWrongProofsAreRefused(t *testing.T) {
	w := newWorld(t, 600)
	good := w.proofText(9, 600, w.signer)
	hashes := strings.Split(strings.Split(good, "\n\n")[0], "\n")[2:]
	other, _ := newSigner(t, origin)
	stranger, _ := newSigner(t, "log.example/2")
	changed := func(old, new string) string {
		if !strings.Contains(good, old) {
			t.Fatalf("%q is not in the proof", old)
		}
		return strings.Replace(good, old, new, 1)
	}
	for name, c := range map[string]struct{ text, why string }{
		"another index":         {changed("index 9\n", "index 10\n"), "not number 10"},
		"an index too large":    {changed("index 9\n", "index 600\n"), "not number 600"},
		"zeros before it":       {changed("index 9\n", "index 09\n"), "no number"},
		"a negative index":      {changed("index 9\n", "index -9\n"), "no number"},
		"no index":              {changed("index 9\n", ""), "names no index"},
		"a hash too few":        {changed(hashes[0]+"\n", ""), "not number 9"},
		"a hash too many":       {changed(hashes[0]+"\n", hashes[0]+"\n"+hashes[0]+"\n"), "not number 9"},
		"hashes in other order": {changed(hashes[0]+"\n"+hashes[1], hashes[1]+"\n"+hashes[0]), "not number 9"},
		"a hash of 30 bytes":    {changed(hashes[0], hashes[0][:40]), "no hash"},
		"base64 without its =":  {changed(hashes[0], hashes[0][:43]), "no hash"},
		"another form":          {changed("tlog-proof@v1", "tlog-proof@v2"), "begins with"},
		"no empty line":         {strings.Replace(good, "\n\n", "\n", -1), "no empty line"},
		"extra that is none":    {changed("\nindex", "\nextra !\nindex"), "no base64"},
		"another key":           {w.proofText(9, 600, other), "no verifiable signatures"},
		"another log":           {w.proofText(9, 600, stranger), "no verifiable signatures"},
		"not signed":            {good[:strings.Index(good, "— ")], "not signed as it must be"},
		"a changed size":        {changed("\n600\n", "\n599\n"), "invalid signature"},
		"an older checkpoint":   {strings.Split(good, "\n\n")[0] + "\n\n" + string(w.sign(w.textAt(599), w.signer)), "not number 9 of the 599"},
		"nothing":               {"", "no empty line"},
	} {
		t.Run(name, func(t *testing.T) { w.proven(c.text, w.entries[9]).refused(t, c.why) })
	}
	t.Run("another entry", func(t *testing.T) { w.proven(good, w.entries[8]).refused(t, "not number 9") })
	t.Run("a newline after the entry", func(t *testing.T) {
		w.proven(good, append(append([]byte{}, w.entries[9]...), '\n')).refused(t, "not number 9")
	})
	t.Run("no witness", func(t *testing.T) {
		w.proven(good, w.entries[9], "--witness", w.witness.vkey()).refused(t, "not cosigned")
	})
}
