// tlogcheck judges a transparency log, or one proof from it, with Go's own sumdb/note and sumdb/tlog and nothing of ours:
// C2SP tlog-tiles, tlog-checkpoint, tlog-cosignature, tlog-proof; RFC 6962 section 2.1.
//
//	tlogcheck log   --base URL  --vkey KEY [--vkey KEY ...] [--ca FILE] [--old FILE ...] [--witness KEY ...]
//	tlogcheck dir   --dir DIR   --vkey KEY [--vkey KEY ...] [--old FILE ...] [--witness KEY ...]
//	tlogcheck proof --proof FILE --entry FILE --vkey KEY [--vkey KEY ...] [--witness KEY ...]
//
// Prints one JSON object. Exit code 0: everything holds; 1: it does not, and a sentence on standard error says what;
// 2: the command line is wrong.
package main

import (
	"encoding/json"
	"flag"
	"fmt"
	"io"
	"os"
)

// texts is an option that may be given several times.
type texts []string

func (t *texts) String() string { return fmt.Sprint([]string(*t)) }

func (t *texts) Set(text string) error {
	*t = append(*t, text)
	return nil
}

type options struct {
	base, ca, dir, proof, entry string
	vkeys, witnesses, old       texts
}

func parse(command string, arguments []string, stderr io.Writer) (*options, error) {
	o := &options{}
	flags := flag.NewFlagSet("tlogcheck "+command, flag.ContinueOnError)
	flags.SetOutput(stderr)
	flags.Var(&o.vkeys, "vkey", "verifier key of the log (C2SP signed-note); again for each older key")
	flags.Var(&o.witnesses, "witness", "verifier key of a witness that must have cosigned")
	switch command {
	case "log":
		flags.StringVar(&o.base, "base", "", "address of the log, https://HOST/log/1")
		flags.StringVar(&o.ca, "ca", "", "PEM file of the authority to trust; the system's if absent")
		flags.Var(&o.old, "old", "an older checkpoint of the log, from a file")
	case "dir":
		flags.StringVar(&o.dir, "dir", "", "directory laid out like the log")
		flags.Var(&o.old, "old", "an older checkpoint of the log, from a file")
	case "proof":
		flags.StringVar(&o.proof, "proof", "", "file with a tlog-proof")
		flags.StringVar(&o.entry, "entry", "", "file with exactly the bytes of the entry")
	default:
		return nil, fmt.Errorf("there is no command %q; the commands are log, dir and proof", command)
	}
	if err := flags.Parse(arguments); err != nil {
		return nil, err
	}
	switch {
	case flags.NArg() > 0:
		return nil, fmt.Errorf("%q is no option", flags.Arg(0))
	case len(o.vkeys) == 0:
		return nil, fmt.Errorf("--vkey is missing")
	case command == "log" && o.base == "":
		return nil, fmt.Errorf("--base is missing")
	case command == "dir" && o.dir == "":
		return nil, fmt.Errorf("--dir is missing")
	case command == "proof" && (o.proof == "" || o.entry == ""):
		return nil, fmt.Errorf("--proof and --entry are both needed")
	}
	return o, nil
}

func judge(command string, o *options) (interface{}, error) {
	keys, err := newTrust(o.vkeys, o.witnesses)
	if err != nil {
		return nil, err
	}
	if command == "proof" {
		return judgeProof(keys, o.proof, o.entry)
	}
	var from source = directory(o.dir)
	if command == "log" {
		if from, err = newWebsite(o.base, o.ca); err != nil {
			return nil, err
		}
	}
	return judgeLog(keys, from, o.old)
}

func run(arguments []string, stdout, stderr io.Writer) int {
	if len(arguments) == 0 {
		fmt.Fprintln(stderr, "tlogcheck: name a command: log, dir or proof")
		return 2
	}
	o, err := parse(arguments[0], arguments[1:], stderr)
	if err != nil {
		fmt.Fprintf(stderr, "tlogcheck: %v\n", err)
		return 2
	}
	answer, err := judge(arguments[0], o)
	code := 0
	if err != nil {
		answer = map[string]interface{}{"ok": false, "error": err.Error()}
		fmt.Fprintf(stderr, "tlogcheck: %v\n", err)
		code = 1
	}
	encoder := json.NewEncoder(stdout)
	encoder.SetEscapeHTML(false)
	if err := encoder.Encode(answer); err != nil {
		fmt.Fprintf(stderr, "tlogcheck: cannot print the answer: %v\n", err)
		return 1
	}
	return code
}

func main() {
	os.Exit(run(os.Args[1:], os.Stdout, os.Stderr))
}
