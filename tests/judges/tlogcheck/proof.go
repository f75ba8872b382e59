package main

import (
	"encoding/base64"
	"fmt"
	"os"
	"strings"

	"golang.org/x/mod/sumdb/tlog"
)

type proofAnswer struct {
	OK       bool       `json:"ok"`
	Origin   string     `json:"origin"`
	Index    int64      `json:"index"`
	Size     int64      `json:"size"`
	Root     string     `json:"root"`
	Cosigned []cosigned `json:"cosigned,omitempty"`
}

// judgeProof checks a C2SP tlog-proof of an entry against the signed checkpoint inside it.
func judgeProof(keys *trust, proofFile, entryFile string) (interface{}, error) {
	text, err := os.ReadFile(proofFile)
	if err != nil {
		return nil, fmt.Errorf("cannot read the proof: %v", err)
	}
	entry, err := os.ReadFile(entryFile)
	if err != nil {
		return nil, fmt.Errorf("cannot read the entry: %v", err)
	}
	index, path, signed, err := parseProof(string(text))
	if err != nil {
		return nil, err
	}
	at, err := keys.open([]byte(signed), true)
	if err != nil {
		return nil, err
	}
	if err := tlog.CheckRecord(path, at.tree.N, at.tree.Hash, index, tlog.RecordHash(entry)); err != nil {
		return nil, fmt.Errorf("the entry is not number %d of the %d under the checkpoint: %v", index, at.tree.N, err)
	}
	return proofAnswer{true, at.origin, index, at.tree.N, at.tree.Hash.String(), at.cosigned}, nil
}

func parseProof(text string) (index int64, path tlog.RecordProof, checkpoint string, err error) {
	end := strings.Index(text, "\n\n")
	if end < 0 {
		return 0, nil, "", fmt.Errorf("the proof has no empty line before its checkpoint")
	}
	lines, checkpoint := strings.Split(text[:end], "\n"), text[end+2:]
	if lines[0] != "c2sp.org/tlog-proof@v1" {
		return 0, nil, "", fmt.Errorf("the proof begins with %q", lines[0])
	}
	lines = lines[1:]
	if len(lines) > 0 && strings.HasPrefix(lines[0], "extra ") {
		extra := strings.TrimPrefix(lines[0], "extra ")
		if _, err := base64.StdEncoding.Strict().DecodeString(extra); err != nil || strings.Contains(extra, "\r") {
			return 0, nil, "", fmt.Errorf("the extra data of the proof is no base64")
		}
		lines = lines[1:]
	}
	if len(lines) == 0 || !strings.HasPrefix(lines[0], "index ") {
		return 0, nil, "", fmt.Errorf("the proof names no index")
	}
	index, ok := decimal(strings.TrimPrefix(lines[0], "index "))
	if !ok {
		return 0, nil, "", fmt.Errorf("the line %q of the proof holds no number", lines[0])
	}
	for _, line := range lines[1:] {
		hash, ok := hashOf(line)
		if !ok {
			return 0, nil, "", fmt.Errorf("the line %q of the proof is no hash", line)
		}
		path = append(path, hash)
	}
	return index, path, checkpoint, nil
}
