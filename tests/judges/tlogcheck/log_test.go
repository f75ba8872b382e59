package main

import (
	"net/http"
	"os"
	"strings"
	"testing"

	"golang.org/x/mod/sumdb/tlog"
)

func TestPathsAreThoseOfTheSpecification(t *testing.T) {
	for _, c := range []struct {
		tile tlog.Tile
		path string
	}{
		{tlog.Tile{H: 8, L: 0, N: 1234067, W: 256}, "tile/0/x001/x234/067"},
		{tlog.Tile{H: 8, L: 1, N: 0, W: 17}, "tile/1/000.p/17"},
		{tlog.Tile{H: 8, L: -1, N: 273, W: 112}, "tile/entries/273.p/112"},
	} {
		if got := pathOf(c.tile); got != c.path {
			t.Errorf("%q, not %q", got, c.path)
		}
	}
}

func TestGoodLogs(t *testing.T) {
	for name, sizes := range map[string][]int64{
		"empty": {0}, "one entry": {1}, "two": {1, 2}, "one full tile": {255, 256}, "one more": {256, 257},
		"some": {300, 512, 600}, "three levels": {65535, 65536, 66000},
	} {
		t.Run(name, func(t *testing.T) {
			w := newWorld(t, sizes...)
			last := sizes[len(sizes)-1]
			o := w.inDirectory()
			o.holds(t)
			if o.answer["size"] != float64(last) || o.answer["included"] != float64(last) || o.answer["origin"] != origin {
				t.Fatalf("%v", o.answer)
			}
		})
	}
}

func TestAGoodLogOverHttpsWithItsPast(t *testing.T) {
	w := newWorld(t, 0, 300, 512, 600)
	o := w.served(nil, "--old", w.path("old.300"), "--old", w.path("old.512"), "--old", w.path("old.600"), "--old", w.path("old.0"))
	o.holds(t)
	// Level 0: 2 full ones and one of 88; level 1: one of 2. Bundles: as level 0.
	for name, want := range map[string]float64{"tiles": 4, "bundles": 3, "refused_paths": 36} {
		if o.answer[name] != want {
			t.Errorf("%s is %v, not %v", name, o.answer[name], want)
		}
	}
	if len(o.answer["consistent_with"].([]interface{})) != 4 {
		t.Errorf("%v", o.answer)
	}
}

func TestARotatedKeyIsGivenBesideTheNewOne(t *testing.T) {
	w := newWorld(t, 300)
	formerKey := w.vkey
	w.signer, w.vkey = newSigner(t, origin)
	w.write("vkey", []byte(w.vkey+"\n"))
	w.publish(300)
	w.inDirectory("--old", w.path("old.300")).refused(t, "not signed")
	w.inDirectory("--old", w.path("old.300"), "--vkey", formerKey).holds(t)
}

func TestWitnesses(t *testing.T) {
	w := newWorld(t, 300)
	key := w.witness.vkey()
	w.inDirectory("--witness", key).refused(t, "not cosigned by witness.example")
	w.write("checkpoint", w.sign(w.textAt(300), w.signer, w.witness))
	o := w.inDirectory("--witness", key)
	o.holds(t)
	if o.answer["cosigned"].([]interface{})[0].(map[string]interface{})["time"] != float64(1772416800) {
		t.Fatalf("%v", o.answer)
	}
	w.inDirectory("--witness", newWitness(t).vkey()).refused(t, "not cosigned")
	w.inDirectory("--witness", w.vkey).refused(t, "is not one for Ed25519 cosignatures")
	w.inDirectory("--witness", strings.Replace(key, "witness.", "other.", 1)).refused(t, "not that of its name and key")
	w.write("checkpoint", w.sign(w.textAt(300), w.witness))
	w.inDirectory("--witness", key).refused(t, "signed by no key of the log")
	other := *w.witness
	other.at++
	signed := string(w.sign(w.textAt(300), w.signer, w.witness))
	later := string(w.sign(w.textAt(300), &other))
	// The time of one cosignature with the signature of another: both lines are good alone.
	w.write("checkpoint", []byte(signed[:len(signed)-89]+later[len(later)-89:]))
	w.inDirectory("--witness", key).refused(t, "invalid signature")
}

const fullTile, partTile, upperTile = "tile/0/000", "tile/0/002.p/88", "tile/1/000.p/2"
const fullBundle, partBundle = "tile/entries/001", "tile/entries/002.p/88"

func TestWhatIsBrokenIsRefused(t *testing.T) {
	for name, c := range map[string]struct {
		harm func(w *world)
		why  string
	}{
		"a bit in a full tile":               {func(w *world) { w.flip(fullTile, 100) }, "tile/0/000 is not the tile of the entries"},
		"a bit in a partial tile":            {func(w *world) { w.flip(partTile, -1) }, "tile/0/002.p/88 is not"},
		"a bit in an upper tile":             {func(w *world) { w.flip(upperTile, 0) }, "tile/1/000.p/2 is not"},
		"a tile cut short":                   {func(w *world) { w.write(fullTile, w.read(fullTile)[:8191]) }, "8191 bytes"},
		"a tile too long":                    {func(w *world) { w.write(partTile, w.read(fullTile)) }, "8192 bytes, not 2816"},
		"a tile gone":                        {func(w *world) { must(w.t, os.Remove(w.path(upperTile))) }, "no such file"},
		"a bundle gone":                      {func(w *world) { must(w.t, os.Remove(w.path(fullBundle))) }, "no such file"},
		"a bit in an entry":                  {func(w *world) { w.flip(fullBundle, 10) }, "is not the tile of the entries"},
		"a bit in a length":                  {func(w *world) { w.flip(partBundle, 0) }, "within an entry"},
		"an entry too many":                  {func(w *world) { w.write(partBundle, bundleOf(w.entries[512:601])) }, "holds 89 entries, not 88"},
		"an entry too few":                   {func(w *world) { w.write(partBundle, bundleOf(w.entries[512:599])) }, "holds 87 entries, not 88"},
		"a byte after the entries":           {func(w *world) { w.write(partBundle, append(w.read(partBundle), 0)) }, "within an entry"},
		"entries in another order":           {swapEntries, "is not the tile of the entries"},
		"all tiles of an entry never signed": {rewriteHistory, "the entries have the root"},
		"a bit in the signature":             {func(w *world) { w.forge("checkpoint", -5) }, "invalid signature"},
		"a bit in the root":                  {func(w *world) { w.forge("checkpoint", 20) }, "invalid signature"},
		"no signature":                       {func(w *world) { w.write("checkpoint", []byte(w.textAt(600))) }, "malformed note"},
		"another key": {func(w *world) {
			other, _ := newSigner(w.t, origin)
			w.write("checkpoint", w.sign(w.textAt(600), other))
		}, "no verifiable signatures"},
		"another published key": {func(w *world) {
			_, other := newSigner(w.t, origin)
			w.write("vkey", []byte(other+"\n"))
		}, "is not the one that signed"},
		"another origin":            {func(w *world) { w.replace("checkpoint", origin, "log.example/2") }, `is of "log.example/2"`},
		"a larger size, signed":     {func(w *world) { w.replace("checkpoint", "\n600\n", "\n602\n") }, "no such file"},
		"a root of another size":    {func(w *world) { w.replace("checkpoint", "\n600\n", "\n601\n") }, "have the root"},
		"a smaller size, signed":    {func(w *world) { w.replace("checkpoint", "\n600\n", "\n512\n") }, "have the root"},
		"a root signed wrongly":     {func(w *world) { w.replace("checkpoint", rootOf(w, 600), rootOf(w, 599)) }, "have the root"},
		"zeros before the size":     {func(w *world) { w.replace("checkpoint", "\n600\n", "\n0600\n") }, "is no number"},
		"a negative size":           {func(w *world) { w.replace("checkpoint", "\n600\n", "\n-600\n") }, "is no number"},
		"no size":                   {func(w *world) { w.replace("checkpoint", "\n600\n", "\n") }, "not at least 3"},
		"a root of 31 bytes":        {func(w *world) { w.replace("checkpoint", rootOf(w, 600), rootOf(w, 600)[:40]+"AA==") }, "is no hash"},
		"an empty line":             {func(w *world) { w.replace("checkpoint", "\n600\n", "\n\n600\n") }, "empty line"},
		"an empty tree with a root": {func(w *world) { w.replace("checkpoint", "\n600\n", "\n0\n") }, "hash of nothing"},
	} {
		t.Run(name, func(t *testing.T) {
			w := newWorld(t, 601, 600)
			w.inDirectory().holds(t)
			c.harm(w)
			w.inDirectory().refused(t, c.why)
		})
	}
}

func rootOf(w *world, size int64) string { return strings.Split(w.textAt(size), "\n")[2] }

func swapEntries(w *world) {
	entries := append([][]byte{}, w.entries[256:512]...)
	entries[3], entries[4] = entries[4], entries[3]
	w.write(fullBundle, bundleOf(entries))
}

// rewriteHistory changes an entry and every tile above it; only the signed root does not fit.
func rewriteHistory(w *world) {
	signed := w.read("checkpoint")
	entries := w.entries[:600]
	w.entries, w.stored = nil, nil
	for i, entry := range entries {
		if i == 7 {
			entry = []byte(`{"kind":"commitment","number":"x"}`)
		}
		w.add(entry)
	}
	w.publish(600)
	w.write("checkpoint", signed)
}

func TestAPastThatDoesNotFitIsRefused(t *testing.T) {
	for name, c := range map[string]struct {
		harm func(w *world)
		why  string
	}{
		"shrunk": {func(w *world) { w.publish(299) }, "shrunk from 300 to 299"},
		"forked": {func(w *world) { w.replace("old.300", rootOf(w, 300), rootOf(w, 299)) }, "the log forked"},
		"forked at the same size": {func(w *world) {
			w.write("old.300", w.sign(strings.Replace(w.textAt(600), rootOf(w, 600), rootOf(w, 599), 1), w.signer))
		}, "the log forked"},
		"all history rewritten and signed": {func(w *world) {
			rewriteHistory(w)
			w.publish(600)
		}, "the log forked"},
		"of another log":          {func(w *world) { w.replace("old.300", origin, "log.example/2") }, `is of "log.example/2"`},
		"not signed":              {func(w *world) { w.forge("old.300", -5) }, "invalid signature"},
		"no file":                 {func(w *world) { must(w.t, os.Remove(w.path("old.300"))) }, "cannot read"},
		"its tile gone":           {func(w *world) { must(w.t, os.Remove(w.path("tile/0/001.p/44"))) }, "checkpoint of size 300"},
		"its upper tile gone":     {func(w *world) { must(w.t, os.Remove(w.path("tile/1/000.p/1"))) }, "checkpoint of size 300"},
		"its bundle gone":         {func(w *world) { must(w.t, os.Remove(w.path("tile/entries/001.p/44"))) }, "checkpoint of size 300"},
		"its tile changed":        {func(w *world) { w.flip("tile/0/001.p/44", 3) }, "tile/0/001.p/44 is not"},
		"its bundle changed":      {func(w *world) { w.flip("tile/entries/001.p/44", 30) }, "not the beginning of tile/entries/001"},
		"its bundle has one less": {func(w *world) { w.write("tile/entries/001.p/44", bundleOf(w.entries[256:299])) }, "holds 43 entries"},
	} {
		t.Run(name, func(t *testing.T) {
			w := newWorld(t, 300, 600)
			w.inDirectory("--old", w.path("old.300")).holds(t)
			c.harm(w)
			w.inDirectory("--old", w.path("old.300")).refused(t, c.why)
		})
	}
}

// header answers as the log would, with one header changed, where the target ends so.
func header(w *world, end, name, value string) func(http.ResponseWriter, *http.Request) bool {
	return func(out http.ResponseWriter, in *http.Request) bool {
		if !strings.HasSuffix(in.RequestURI, end) {
			return false
		}
		w.answer(changing{out, name, value}, in.RequestURI)
		return true
	}
}

type changing struct {
	http.ResponseWriter
	name, value string
}

func (c changing) Write(data []byte) (int, error) {
	c.Header().Set(c.name, c.value)
	return c.ResponseWriter.Write(data)
}

// says answers one target with a status.
func says(target string, status int) func(http.ResponseWriter, *http.Request) bool {
	return func(out http.ResponseWriter, in *http.Request) bool {
		if in.RequestURI != "/log/1/"+target {
			return false
		}
		out.Header().Set("Location", "/log/1/tile/0/000")
		out.WriteHeader(status)
		return true
	}
}

func TestWhatIsServedWronglyIsRefused(t *testing.T) {
	w := newWorld(t, 600)
	w.served(nil).holds(t)
	for name, c := range map[string]struct {
		first func(http.ResponseWriter, *http.Request) bool
		why   string
	}{
		"type of the checkpoint":        {header(w, "/checkpoint", "Content-Type", "text/plain"), "content type"},
		"type of a tile":                {header(w, "/tile/0/001", "Content-Type", "text/plain; charset=utf-8"), "content type"},
		"type of a bundle":              {header(w, "/entries/002.p/88", "Content-Type", "application/json"), "content type"},
		"type of the key":               {header(w, "/vkey", "Content-Type", "text/html"), "content type"},
		"a checkpoint kept for a day":   {header(w, "/checkpoint", "Cache-Control", "max-age=86400"), "cached too long"},
		"a checkpoint kept for ever":    {header(w, "/checkpoint", "Cache-Control", "no-cache, immutable"), "cached too long"},
		"a checkpoint without caching":  {header(w, "/checkpoint", "Cache-Control", ""), "cached too long"},
		"a tile not to be kept":         {header(w, "/tile/1/000.p/2", "Cache-Control", "no-store"), "never changes"},
		"a tile kept for a minute":      {header(w, "/tile/0/000", "Cache-Control", "max-age=60, immutable"), "never changes"},
		"a tile kept, but not for ever": {header(w, "/tile/0/000", "Cache-Control", "max-age=31536000"), "never changes"},
		"a tile missing":                {says("tile/0/001", 404), "status 404"},
		"a tile elsewhere":              {says("tile/0/001", 302), "status 302"},
		"no checkpoint":                 {says("checkpoint", 503), "status 503"},
		"another spelling answered":     {says("tile/0/0", 200), "tile/0/0 is no path"},
		"another spelling led on":       {says("tile/0/000/", 301), "tile/0/000/ is no path"},
		"a way out answered":            {says("tile/0/..%2f..%2fcheckpoint", 200), "is no path"},
		"a hostile path too much":       {says("tile/0/000%00", 500), "is no path"},
	} {
		t.Run(name, func(t *testing.T) { w.served(c.first).refused(t, c.why) })
	}
	t.Run("a certificate of nobody", func(t *testing.T) { w.served(nil, "--ca", "").refused(t, "certificate") })
	t.Run("a file without certificate", func(t *testing.T) { w.served(nil, "--ca", w.path("vkey")).refused(t, "no certificate") })
	t.Run("without TLS", func(t *testing.T) {
		program(t, "log", "--base", "http://127.0.0.1:1/log/1", "--vkey", w.vkey).refused(t, "not the https address")
	})
}

func TestAWrongCommandLine(t *testing.T) {
	for _, arguments := range [][]string{
		{}, {"prove"}, {"log"}, {"log", "--vkey", "x"}, {"dir", "--vkey", "x"}, {"proof", "--vkey", "x", "--proof", "y"},
		{"dir", "--dir", "x", "--vkey", "y", "more"}, {"dir", "--colour"},
	} {
		if o := program(t, arguments...); o.code != 2 || o.said == "" {
			t.Errorf("%v ends with %d %q", arguments, o.code, o.said)
		}
	}
	program(t, "dir", "--dir", "x", "--vkey", "y").refused(t, "the verifier key")
}
