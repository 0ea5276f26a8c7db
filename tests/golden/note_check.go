// Checks tests/golden/checkpoint.note with the Go project's own code, which nobody here wrote.
// Run by hand when a golden file is added (Debian: golang-go, golang-golang-x-mod-dev):
//
//	cd tests/golden && GO111MODULE=off GOPATH=/usr/share/gocode go run note_check.go
//
// The log holds the 1,000 records "record 0" to "record 999".
package main

import (
	"fmt"
	"os"
	"strings"

	"golang.org/x/mod/sumdb/note"
	"golang.org/x/mod/sumdb/tlog"
)

func must(err error) {
	if err != nil {
		fmt.Println("REFUSED:", err)
		os.Exit(1)
	}
}

func read(name string) string {
	bytes, err := os.ReadFile(name)
	must(err)
	return string(bytes)
}

func hashes(name string) (out []tlog.Hash) {
	for _, line := range strings.Fields(read(name)) {
		hash, err := tlog.ParseHash(line)
		must(err)
		out = append(out, hash)
	}
	return out
}

// root of the first n records, by Go's tree
func root(n int64) tlog.Hash {
	var stored []tlog.Hash
	reader := tlog.HashReaderFunc(func(indexes []int64) (out []tlog.Hash, err error) {
		for _, i := range indexes {
			out = append(out, stored[i])
		}
		return out, nil
	})
	for i := int64(0); i < n; i++ {
		hashes, err := tlog.StoredHashes(i, []byte(fmt.Sprintf("record %d", i)), reader)
		must(err)
		stored = append(stored, hashes...)
	}
	hash, err := tlog.TreeHash(n, reader)
	must(err)
	return hash
}

func main() {
	verifier, err := note.NewVerifier(strings.TrimSpace(read("checkpoint.vkey")))
	must(err)
	opened, err := note.Open([]byte(read("checkpoint.note")), note.VerifierList(verifier))
	must(err)
	lines := strings.Split(opened.Text, "\n")
	if len(lines) != 4 || lines[0] != verifier.Name() || lines[1] != "1000" {
		must(fmt.Errorf("unexpected text %q", opened.Text))
	}
	if lines[2] != root(1000).String() {
		must(fmt.Errorf("root %s, Go has %s", lines[2], root(1000)))
	}
	leaf := tlog.RecordHash([]byte("record 333"))
	inclusion, consistency := hashes("inclusion_333_of_1000.txt"), hashes("consistency_700_to_1000.txt")
	must(tlog.CheckRecord(inclusion, 1000, root(1000), 333, leaf))
	must(tlog.CheckTree(consistency, 1000, root(1000), 700, root(700)))
	fmt.Println("note and proofs accepted")
}
