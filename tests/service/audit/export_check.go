// Checks exported logs with the Go project's own code, which nobody here wrote: signatures, every
// tile, every record, and the proofs that our own code made from the tiles (FOLDER.proofs, one a line:
// "inclusion INDEX HASH…", "consistency OLD-SIZE HASH…"). For each folder named: its size and the
// number of proofs that hold are printed, or REFUSED and why.
// Debian: golang-go, golang-golang-x-mod-dev. Run by log_export_test.cpp:
//
//	GO111MODULE=off GOPATH=/usr/share/gocode go run export_check.go FOLDER…
package main

import (
	"bytes"
	"encoding/binary"
	"fmt"
	"os"
	"path/filepath"
	"strconv"
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

func read(name string) []byte {
	bytes, err := os.ReadFile(name)
	must(err)
	return bytes
}

// C2SP tlog-tiles: Go's path has the tile's height in it, and "data" where C2SP has "entries".
func tilePath(folder string, t tlog.Tile) string {
	parts := strings.SplitN(t.Path(), "/", 3) // tile, 8, L/N
	return filepath.Join(folder, "tile", strings.Replace(parts[2], "data/", "entries/", 1))
}

type folder string

func (f folder) Height() int                        { return 8 }
func (f folder) SaveTiles(_ []tlog.Tile, _ [][]byte) {}
func (f folder) ReadTiles(tiles []tlog.Tile) (out [][]byte, err error) {
	for _, t := range tiles {
		out = append(out, read(tilePath(string(f), t)))
	}
	return out, nil
}

func check(path string) {
	verifier, err := note.NewVerifier(strings.TrimSpace(string(read(filepath.Join(path, "vkey")))))
	must(err)
	opened, err := note.Open(read(filepath.Join(path, "checkpoint")), note.VerifierList(verifier))
	must(err)
	lines := strings.Split(opened.Text, "\n")
	if len(lines) != 4 || lines[0] != verifier.Name() {
		must(fmt.Errorf("unexpected text %q", opened.Text))
	}
	size, err := strconv.ParseInt(lines[1], 10, 64)
	must(err)
	root, err := tlog.ParseHash(lines[2])
	must(err)
	tree := tlog.Tree{N: size, Hash: root}
	// Go's reader authenticates every tile that it reads against the signed root.
	hashes := tlog.TileHashReader(tree, folder(path))
	for n := int64(0); n < size; n += 256 {
		width := int(size - n)
		if width > 256 {
			width = 256
		}
		bundle := read(tilePath(path, tlog.Tile{H: 8, L: -1, N: n / 256, W: width}))
		indexes := make([]int64, width)
		leaves := make([]tlog.Hash, width)
		for i := 0; i < width; i++ {
			if len(bundle) < 2 || len(bundle) < 2+int(binary.BigEndian.Uint16(bundle)) {
				must(fmt.Errorf("%s: bundle %d ends early", path, n/256))
			}
			length := int(binary.BigEndian.Uint16(bundle))
			leaves[i] = tlog.RecordHash(bundle[2 : 2+length])
			indexes[i] = tlog.StoredHashIndex(0, n+int64(i))
			bundle = bundle[2+length:]
		}
		if len(bundle) != 0 {
			must(fmt.Errorf("%s: bundle %d is too long", path, n/256))
		}
		have, err := hashes.ReadHashes(indexes)
		must(err)
		for i := range have {
			if !bytes.Equal(have[i][:], leaves[i][:]) {
				must(fmt.Errorf("%s: record %d is not what was signed", path, n+int64(i)))
			}
		}
	}
	if size > 0 {
		proof, err := tlog.ProveRecord(size, size/2, hashes)
		must(err)
		leaf, err := hashes.ReadHashes([]int64{tlog.StoredHashIndex(0, size/2)})
		must(err)
		must(tlog.CheckRecord(proof, size, root, size/2, leaf[0]))
	}
	fmt.Println(verifier.Name(), size, checkProofs(path, tree, hashes))
}

// Go's verdict on our proofs; leaves and old roots are by Go's reader.
func checkProofs(path string, tree tlog.Tree, reader tlog.HashReader) (good int) {
	text, err := os.ReadFile(path + ".proofs")
	if os.IsNotExist(err) {
		return 0
	}
	must(err)
	for _, line := range strings.Split(strings.TrimSpace(string(text)), "\n") {
		words := strings.Fields(line)
		if len(words) == 0 {
			continue
		}
		number, err := strconv.ParseInt(words[1], 10, 64)
		must(err)
		var proof []tlog.Hash
		for _, word := range words[2:] {
			hash, err := tlog.ParseHash(word)
			must(err)
			proof = append(proof, hash)
		}
		if words[0] == "inclusion" {
			leaf, err := reader.ReadHashes([]int64{tlog.StoredHashIndex(0, number)})
			must(err)
			must(tlog.CheckRecord(proof, tree.N, tree.Hash, number, leaf[0]))
		} else {
			root, err := tlog.TreeHash(number, reader)
			must(err)
			must(tlog.CheckTree(proof, tree.N, tree.Hash, number, root))
		}
		good++
	}
	return good
}

func main() {
	for _, path := range os.Args[1:] {
		check(path)
	}
}
