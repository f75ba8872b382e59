package main

import (
	"crypto/ed25519"
	"crypto/sha256"
	"encoding/base64"
	"encoding/binary"
	"fmt"
	"math"
	"os"
	"strconv"
	"strings"

	"golang.org/x/mod/sumdb/note"
	"golang.org/x/mod/sumdb/tlog"
)

// cosigner verifies Ed25519 cosignatures (C2SP tlog-cosignature, type 0x04), which sumdb/note does not know.
type cosigner struct {
	name string
	id   uint32
	key  ed25519.PublicKey
	at   uint64 // time of the signature verified last, POSIX seconds
}

func (c *cosigner) Name() string    { return c.name }
func (c *cosigner) KeyHash() uint32 { return c.id }

func (c *cosigner) Verify(text, signature []byte) bool {
	if len(signature) != 8+ed25519.SignatureSize {
		return false
	}
	c.at = binary.BigEndian.Uint64(signature)
	message := fmt.Sprintf("cosignature/v1\ntime %d\n%s", c.at, text)
	return c.at <= math.MaxInt64 && ed25519.Verify(c.key, []byte(message), signature[8:])
}

const typeCosignature = 0x04

func newCosigner(vkey string) (*cosigner, error) {
	parts := strings.SplitN(vkey, "+", 3)
	if len(parts) != 3 || parts[0] == "" || strings.ContainsAny(parts[0], " \n") {
		return nil, fmt.Errorf("the witness key %q has not the form name+id+key", vkey)
	}
	id, err := strconv.ParseUint(parts[1], 16, 32)
	if err != nil || len(parts[1]) != 8 {
		return nil, fmt.Errorf("the id of the witness key %q is not eight hexadecimal digits", vkey)
	}
	key, err := base64.StdEncoding.Strict().DecodeString(parts[2])
	if err != nil || len(key) != 1+ed25519.PublicKeySize || key[0] != typeCosignature {
		return nil, fmt.Errorf("the witness key %q is not one for Ed25519 cosignatures", vkey)
	}
	digest := sha256.Sum256(append([]byte(parts[0]+"\n"), key...))
	if binary.BigEndian.Uint32(digest[:]) != uint32(id) {
		return nil, fmt.Errorf("the id of the witness key %q is not that of its name and key", vkey)
	}
	return &cosigner{name: parts[0], id: uint32(id), key: key[1:]}, nil
}

// trust is whose signatures count: every checkpoint needs one of the log's keys and every witness.
type trust struct {
	vkeys     []string
	logs      []note.Verifier
	witnesses []*cosigner
	known     note.Verifiers
}

func newTrust(vkeys, witnesses []string) (*trust, error) {
	t := &trust{vkeys: vkeys}
	all := []note.Verifier{}
	for _, vkey := range vkeys {
		verifier, err := note.NewVerifier(vkey)
		if err != nil {
			return nil, fmt.Errorf("the verifier key %q: %v", vkey, err)
		}
		t.logs = append(t.logs, verifier)
		all = append(all, verifier)
	}
	for _, vkey := range witnesses {
		witness, err := newCosigner(vkey)
		if err != nil {
			return nil, err
		}
		t.witnesses = append(t.witnesses, witness)
		all = append(all, witness)
	}
	t.known = note.VerifierList(all...)
	return t, nil
}

type cosigned struct {
	Name string `json:"name"`
	Time uint64 `json:"time"`
}

type checkpoint struct {
	tree     tlog.Tree
	origin   string
	signedBy string // the verifier key
	cosigned []cosigned
}

func signedWith(n *note.Note, v note.Verifier) bool {
	for _, signature := range n.Sigs {
		if signature.Name == v.Name() && signature.Hash == v.KeyHash() {
			return true
		}
	}
	return false
}

// open verifies a signed checkpoint; needWitnesses is false for older ones, which may be from before the witnesses.
func (t *trust) open(signed []byte, needWitnesses bool) (*checkpoint, error) {
	n, err := note.Open(signed, t.known)
	if err != nil {
		return nil, fmt.Errorf("the checkpoint is not signed as it must be: %v", err)
	}
	for _, signature := range append(n.Sigs, n.UnverifiedSigs...) {
		if _, err := base64.StdEncoding.Strict().DecodeString(signature.Base64); err != nil {
			return nil, fmt.Errorf("the checkpoint has a signature of %s in sloppy base64", signature.Name)
		}
	}
	found, err := parseCheckpoint(n.Text)
	if err != nil {
		return nil, err
	}
	for i, verifier := range t.logs {
		if !signedWith(n, verifier) {
			continue
		}
		if verifier.Name() != found.origin {
			return nil, fmt.Errorf("the checkpoint is of %q and signed by %q", found.origin, verifier.Name())
		}
		found.signedBy = t.vkeys[i]
		break
	}
	if found.signedBy == "" {
		return nil, fmt.Errorf("the checkpoint is signed by no key of the log")
	}
	for _, witness := range t.witnesses {
		if signedWith(n, witness) {
			found.cosigned = append(found.cosigned, cosigned{witness.name, witness.at})
		} else if needWitnesses {
			return nil, fmt.Errorf("the checkpoint is not cosigned by %s", witness.name)
		}
	}
	return found, nil
}

func (t *trust) openFile(name string) (*checkpoint, error) {
	signed, err := os.ReadFile(name)
	if err != nil {
		return nil, fmt.Errorf("cannot read the older checkpoint: %v", err)
	}
	found, err := t.open(signed, false)
	if err != nil {
		return nil, fmt.Errorf("%s: %v", name, err)
	}
	return found, nil
}

// decimal reads a number in its only spelling.
func decimal(text string) (int64, bool) {
	number, err := strconv.ParseInt(text, 10, 64)
	return number, err == nil && number >= 0 && text == strconv.FormatInt(number, 10)
}

// hashOf reads 32 bytes in their only base64 spelling.
func hashOf(text string) (tlog.Hash, bool) {
	var hash tlog.Hash
	bytes, err := base64.StdEncoding.Strict().DecodeString(text)
	if err != nil || len(bytes) != tlog.HashSize || strings.ContainsAny(text, "\r\n") {
		return hash, false
	}
	copy(hash[:], bytes)
	return hash, true
}

func parseCheckpoint(text string) (*checkpoint, error) {
	lines := strings.Split(strings.TrimSuffix(text, "\n"), "\n")
	if len(lines) < 3 {
		return nil, fmt.Errorf("the checkpoint has %d lines, not at least 3", len(lines))
	}
	for _, line := range lines {
		if line == "" {
			return nil, fmt.Errorf("the checkpoint has an empty line")
		}
	}
	found := &checkpoint{origin: lines[0]}
	ok := false
	if found.tree.N, ok = decimal(lines[1]); !ok {
		return nil, fmt.Errorf("the tree size %q of the checkpoint is no number", lines[1])
	}
	if found.tree.Hash, ok = hashOf(lines[2]); !ok {
		return nil, fmt.Errorf("the root %q of the checkpoint is no hash", lines[2])
	}
	if found.tree.N == 0 && found.tree.Hash != tlog.Hash(sha256.Sum256(nil)) {
		return nil, fmt.Errorf("the root of an empty tree is the hash of nothing")
	}
	return found, nil
}
