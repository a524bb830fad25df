// Verifies an exported evidence folder with public Go tooling alone: the signed note and the Merkle proofs as golang.org/x/mod/sumdb reads them.
// Usage: go run . <folder> [<older checkpoint file>]
package main

import (
	"encoding/base64"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"strings"

	"golang.org/x/mod/sumdb/note"
	"golang.org/x/mod/sumdb/tlog"
)

type proofs struct {
	Statements []struct {
		ID        string   `json:"id"`
		File      string   `json:"file"`
		LeafIndex int64    `json:"leafIndex"`
		Inclusion []string `json:"inclusion"`
	} `json:"statements"`
	Consistency *struct {
		OlderSize int64    `json:"olderSize"`
		Hashes    []string `json:"hashes"`
	} `json:"consistency"`
}

func main() {
	folder := os.Args[1]
	verifier, err := note.NewVerifier(strings.TrimSpace(string(read(folder, "verifier-key"))))
	check("verifier key", err)
	size, root := openCheckpoint(read(folder, "checkpoint"), verifier)
	var p proofs
	check("proofs.json", json.Unmarshal(read(folder, "proofs.json"), &p))
	for _, s := range p.Statements {
		leaf := tlog.RecordHash(read(folder, s.File))
		check(s.ID, tlog.CheckRecord(hashes(s.Inclusion), size, root, s.LeafIndex, leaf))
		fmt.Printf("%s is record %d of %d\n", s.ID, s.LeafIndex, size)
	}
	if len(os.Args) > 2 {
		older, err := os.ReadFile(os.Args[2])
		check("older checkpoint", err)
		olderSize, olderRoot := openCheckpoint(older, verifier)
		check("consistency", tlog.CheckTree(hashes(p.Consistency.Hashes), size, root, olderSize, olderRoot))
		fmt.Printf("the log of %d grew from that of %d\n", size, olderSize)
	}
}

func openCheckpoint(text []byte, verifier note.Verifier) (int64, tlog.Hash) {
	opened, err := note.Open(text, note.VerifierList(verifier))
	check("signed note", err)
	lines := strings.Split(opened.Text, "\n")
	size, err := strconv.ParseInt(lines[1], 10, 64)
	check("size", err)
	root, err := tlog.ParseHash(lines[2])
	check("root", err)
	return size, root
}

func hashes(encoded []string) []tlog.Hash {
	decoded := make([]tlog.Hash, len(encoded))
	for i, e := range encoded {
		bytes, err := base64.StdEncoding.DecodeString(e)
		check("hash", err)
		copy(decoded[i][:], bytes)
	}
	return decoded
}

func read(folder, name string) []byte {
	bytes, err := os.ReadFile(filepath.Join(folder, name))
	check(name, err)
	return bytes
}

func check(what string, err error) {
	if err != nil {
		fmt.Printf("%s: %v\n", what, err)
		os.Exit(1)
	}
}
