package main

import (
	"bytes"
	"encoding/binary"
	"errors"
	"fmt"
	"strings"

	"golang.org/x/mod/sumdb/tlog"
)

const height, width = 8, 256

type logAnswer struct {
	OK         bool       `json:"ok"`
	Origin     string     `json:"origin"`
	Size       int64      `json:"size"`
	Root       string     `json:"root"`
	Tiles      int        `json:"tiles"`
	Bundles    int        `json:"bundles"`
	Included   int64      `json:"included"`
	Consistent []int64    `json:"consistent_with"`
	Refused    int        `json:"refused_paths"`
	Cosigned   []cosigned `json:"cosigned,omitempty"`
}

// pathOf is where C2SP keeps a tile: as sumdb does, less the height. Level -1 holds entries.
func pathOf(tile tlog.Tile) string {
	rest := strings.TrimPrefix(tile.Path(), "tile/8/")
	if tile.L == -1 {
		return "tile/entries/" + strings.TrimPrefix(rest, "data/")
	}
	return "tile/" + rest
}

// tilesOf calls visit for every tile of a level in a tree of that size, in order; level -1 for bundles.
func tilesOf(level int, size int64, visit func(tlog.Tile) error) error {
	count := size
	if level > 0 {
		count = size >> uint(height*level)
	}
	for n := int64(0); n*width < count; n++ {
		w := width
		if rest := count - n*width; rest < width {
			w = int(rest)
		}
		if err := visit(tlog.Tile{H: height, L: level, N: n, W: w}); err != nil {
			return err
		}
	}
	return nil
}

// storage keeps the hashes of all complete subtrees in sumdb's order, computed from entries alone.
type storage []tlog.Hash

func (s storage) ReadHashes(indexes []int64) ([]tlog.Hash, error) {
	hashes := make([]tlog.Hash, len(indexes))
	for i, index := range indexes {
		if index >= int64(len(s)) {
			return nil, errors.New("there are not so many entries")
		}
		hashes[i] = s[index]
	}
	return hashes, nil
}

func (s *storage) add(number int64, entry []byte) error {
	hashes, err := tlog.StoredHashesForRecordHash(number, tlog.RecordHash(entry), *s)
	*s = append(*s, hashes...)
	return err
}

// split takes the entries out of a bundle: each after its length as a big-endian uint16.
func split(bundle []byte, count int) ([][]byte, error) {
	entries := [][]byte{}
	for len(bundle) > 0 {
		if len(bundle) < 2 || len(bundle)-2 < int(binary.BigEndian.Uint16(bundle)) {
			return nil, errors.New("ends within an entry")
		}
		end := 2 + int(binary.BigEndian.Uint16(bundle))
		entries = append(entries, bundle[2:end])
		bundle = bundle[end:]
	}
	if len(entries) != count {
		return nil, fmt.Errorf("holds %d entries, not %d", len(entries), count)
	}
	return entries, nil
}

// audit is one reading of a log.
type audit struct {
	from   source
	at     *checkpoint
	stored storage
	read   map[tlog.Tile][]byte
}

func (a *audit) readEntries() error {
	number := int64(0)
	return tilesOf(-1, a.at.tree.N, func(tile tlog.Tile) error {
		bundle, err := a.from.tile(pathOf(tile))
		if err != nil {
			return err
		}
		entries, err := split(bundle, tile.W)
		if err != nil {
			return fmt.Errorf("%s %v", pathOf(tile), err)
		}
		a.read[tile] = bundle
		for _, entry := range entries {
			if err := a.stored.add(number, entry); err != nil {
				return err
			}
			number++
		}
		return nil
	})
}

// readTiles reads every tile of every level and compares it with what the entries give.
func (a *audit) readTiles() error {
	for level := 0; a.at.tree.N>>uint(height*level) > 0; level++ {
		err := tilesOf(level, a.at.tree.N, func(tile tlog.Tile) error {
			data, err := a.from.tile(pathOf(tile))
			if err != nil {
				return err
			}
			a.read[tile] = data
			return a.compare(tile, data)
		})
		if err != nil {
			return err
		}
	}
	return nil
}

func (a *audit) compare(tile tlog.Tile, data []byte) error {
	if len(data) != tile.W*tlog.HashSize {
		return fmt.Errorf("%s has %d bytes, not %d", pathOf(tile), len(data), tile.W*tlog.HashSize)
	}
	wanted, err := tlog.ReadTileData(tile, a.stored)
	if err != nil {
		return err
	}
	if !bytes.Equal(data, wanted) {
		return fmt.Errorf("%s is not the tile of the entries", pathOf(tile))
	}
	return nil
}

// Height, ReadTiles and SaveTiles let sumdb read the tiles fetched before.
func (a *audit) Height() int { return height }

func (a *audit) ReadTiles(tiles []tlog.Tile) ([][]byte, error) {
	data := make([][]byte, len(tiles))
	for i, tile := range tiles {
		found, ok := a.read[tile]
		if !ok {
			return nil, fmt.Errorf("%s is no tile of this tree", pathOf(tile))
		}
		data[i] = found
	}
	return data, nil
}

func (a *audit) SaveTiles([]tlog.Tile, [][]byte) {}

// checkRoots wants the signed root from entries alone and from tiles alone.
func (a *audit) checkRoots() error {
	if a.at.tree.N == 0 {
		return nil
	}
	root, err := tlog.TreeHash(a.at.tree.N, a.stored)
	if err != nil {
		return err
	}
	if root != a.at.tree.Hash {
		return fmt.Errorf("the entries have the root %v, the checkpoint says %v", root, a.at.tree.Hash)
	}
	root, err = tlog.TreeHash(a.at.tree.N, tlog.TileHashReader(a.at.tree, a))
	if err != nil {
		return fmt.Errorf("the tiles do not give the root of the checkpoint: %v", err)
	}
	if root != a.at.tree.Hash {
		return fmt.Errorf("the tiles have the root %v, the checkpoint says %v", root, a.at.tree.Hash)
	}
	return nil
}

// checkInclusion takes every leaf hash out of the tiles, authenticated up to the root, and proves every entry.
func (a *audit) checkInclusion() error {
	if a.at.tree.N == 0 {
		return nil
	}
	leaves := make([]int64, a.at.tree.N)
	for i := range leaves {
		leaves[i] = tlog.StoredHashIndex(0, int64(i))
	}
	hashes, err := tlog.TileHashReader(a.at.tree, a).ReadHashes(leaves)
	if err != nil {
		return fmt.Errorf("the tiles do not lead to the root: %v", err)
	}
	for i, leaf := range hashes {
		proof, err := tlog.ProveRecord(a.at.tree.N, int64(i), a.stored)
		if err == nil {
			err = tlog.CheckRecord(proof, a.at.tree.N, a.at.tree.Hash, int64(i), leaf)
		}
		if err != nil {
			return fmt.Errorf("entry %d is not in the tree: %v", i, err)
		}
	}
	return nil
}

// checkOld holds the log to an older checkpoint: the tree has only grown since, and what was served then still is.
func (a *audit) checkOld(old *checkpoint) error {
	if old.origin != a.at.origin {
		return fmt.Errorf("the older checkpoint is of %q, not of %q", old.origin, a.at.origin)
	}
	if old.tree.N > a.at.tree.N {
		return fmt.Errorf("the log has shrunk from %d to %d entries", old.tree.N, a.at.tree.N)
	}
	if old.tree.N == 0 {
		return nil
	}
	proof, err := tlog.ProveTree(a.at.tree.N, old.tree.N, a.stored)
	if err == nil {
		err = tlog.CheckTree(proof, a.at.tree.N, a.at.tree.Hash, old.tree.N, old.tree.Hash)
	}
	if err != nil {
		return fmt.Errorf("the log forked: its %d entries now are not those it had then: %v", old.tree.N, err)
	}
	for level := 0; old.tree.N>>uint(height*level) > 0; level++ {
		count := old.tree.N >> uint(height*level)
		if count%width == 0 {
			continue
		}
		tile := tlog.Tile{H: height, L: level, N: count / width, W: int(count % width)}
		data, err := a.from.tile(pathOf(tile))
		if err == nil {
			err = a.compare(tile, data)
		}
		if err != nil {
			return fmt.Errorf("of the older checkpoint of size %d, %v", old.tree.N, err)
		}
	}
	return a.checkOldBundle(old)
}

// checkOldBundle: the partial bundle of then is the beginning of the wider one of now.
func (a *audit) checkOldBundle(old *checkpoint) error {
	if old.tree.N%width == 0 {
		return nil
	}
	tile := tlog.Tile{H: height, L: -1, N: old.tree.N / width, W: int(old.tree.N % width)}
	bundle, err := a.from.tile(pathOf(tile))
	if err != nil {
		return fmt.Errorf("of the older checkpoint of size %d, %v", old.tree.N, err)
	}
	now := tile
	if now.W = width; a.at.tree.N-now.N*width < width {
		now.W = int(a.at.tree.N - now.N*width)
	}
	if _, err := split(bundle, tile.W); err != nil {
		return fmt.Errorf("of the older checkpoint of size %d, %s %v", old.tree.N, pathOf(tile), err)
	}
	if !bytes.HasPrefix(a.read[now], bundle) {
		return fmt.Errorf("of the older checkpoint of size %d, %s is not the beginning of %s", old.tree.N, pathOf(tile), pathOf(now))
	}
	return nil
}

// checkKey wants the published verifier key to be the one that signed.
func (a *audit) checkKey() error {
	published, err := a.from.vkey()
	if err != nil || published == nil {
		return err
	}
	for _, line := range strings.Split(string(published), "\n") {
		if line == a.at.signedBy {
			return nil
		}
	}
	return fmt.Errorf("the published key %q is not the one that signed, %q", published, a.at.signedBy)
}

func judgeLog(keys *trust, from source, old []string) (interface{}, error) {
	// Older checkpoints first: if they cannot be read, nothing need be fetched.
	before := []*checkpoint{}
	for _, name := range old {
		found, err := keys.openFile(name)
		if err != nil {
			return nil, err
		}
		before = append(before, found)
	}
	signed, err := from.checkpoint()
	if err != nil {
		return nil, err
	}
	a := &audit{from: from, read: map[tlog.Tile][]byte{}}
	if a.at, err = keys.open(signed, true); err != nil {
		return nil, err
	}
	for _, step := range []func() error{a.checkKey, a.readEntries, a.readTiles, a.checkRoots, a.checkInclusion} {
		if err := step(); err != nil {
			return nil, err
		}
	}
	answer := logAnswer{OK: true, Origin: a.at.origin, Size: a.at.tree.N, Root: a.at.tree.Hash.String(),
		Included: a.at.tree.N, Consistent: []int64{}, Cosigned: a.at.cosigned}
	for _, then := range before {
		if err := a.checkOld(then); err != nil {
			return nil, err
		}
		answer.Consistent = append(answer.Consistent, then.tree.N)
	}
	for tile := range a.read {
		if tile.L == -1 {
			answer.Bundles++
		} else {
			answer.Tiles++
		}
	}
	for _, path := range from.refusals() {
		refused, err := from.refuse(path)
		if err != nil {
			return nil, err
		}
		if !refused {
			return nil, fmt.Errorf("%s is no path of a log and yet is not refused", path)
		}
		answer.Refused++
	}
	return answer, nil
}
