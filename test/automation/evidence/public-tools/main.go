// Verifies an exported evidence folder with public Go tooling alone: the signed note and the Merkle proofs as golang.org/x/mod/sumdb reads them,
// and the envelopes as DSSE describes them.
// Usage: go run . <folder> [<older checkpoint file>]
package main

import (
	"crypto/ecdsa"
	"crypto/sha256"
	"crypto/x509"
	"encoding/base64"
	"encoding/binary"
	"encoding/json"
	"errors"
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
	verifier := verifierOf(strings.TrimSpace(string(read(folder, "verifier-key"))))
	size, root := openCheckpoint(read(folder, "checkpoint"), verifier)
	var p proofs
	check("proofs.json", json.Unmarshal(read(folder, "proofs.json"), &p))
	for _, s := range p.Statements {
		leaf := tlog.RecordHash(read(folder, s.File))
		check(s.ID, tlog.CheckRecord(hashes(s.Inclusion), size, root, s.LeafIndex, leaf))
		fmt.Printf("%s is record %d of %d\n", s.ID, s.LeafIndex, size)
		check(s.ID, openEnvelope(read(folder, s.File), verifier))
	}
	if len(os.Args) > 2 {
		older, err := os.ReadFile(os.Args[2])
		check("older checkpoint", err)
		olderSize, olderRoot := openCheckpoint(older, verifier)
		check("consistency", tlog.CheckTree(hashes(p.Consistency.Hashes), size, root, olderSize, olderRoot))
		fmt.Printf("the log of %d grew from that of %d\n", size, olderSize)
	}
}

// sumdb/note reads Ed25519 keys only. One of ECDSA (type 2) is a SubjectPublicKeyInfo, and its key hash is that of the key alone.
func verifierOf(text string) note.Verifier {
	verifier, err := note.NewVerifier(text)
	if err == nil {
		return verifier
	}
	fmt.Printf("sumdb/note alone: %v\n", err)
	parts := strings.SplitN(text, "+", 3)
	bytes, err := base64.StdEncoding.DecodeString(parts[2])
	check("verifier key", err)
	if bytes[0] != 2 {
		check("verifier key", errors.New("neither Ed25519 nor ECDSA"))
	}
	key, err := x509.ParsePKIXPublicKey(bytes[1:])
	check("verifier key", err)
	hash := sha256.Sum256(bytes[1:])
	if fmt.Sprintf("%x", hash[:4]) != parts[1] {
		check("verifier key", errors.New("its hash is another"))
	}
	return ecdsaVerifier{parts[0], binary.BigEndian.Uint32(hash[:4]), key.(*ecdsa.PublicKey)}
}

type ecdsaVerifier struct {
	name string
	hash uint32
	key  *ecdsa.PublicKey
}

func (v ecdsaVerifier) Name() string    { return v.name }
func (v ecdsaVerifier) KeyHash() uint32 { return v.hash }
func (v ecdsaVerifier) Verify(message, signature []byte) bool {
	digest := sha256.Sum256(message)
	return ecdsa.VerifyASN1(v.key, digest[:], signature)
}

// One of its signatures is that of the key, over the pre-authentication encoding of the whole payload.
func openEnvelope(text []byte, verifier note.Verifier) error {
	var envelope struct {
		PayloadType string `json:"payloadType"`
		Payload     []byte `json:"payload"`
		Signatures  []struct {
			Sig []byte `json:"sig"`
		} `json:"signatures"`
	}
	if err := json.Unmarshal(text, &envelope); err != nil {
		return err
	}
	encoded := fmt.Sprintf("DSSEv1 %d %s %d %s", len(envelope.PayloadType), envelope.PayloadType, len(envelope.Payload), envelope.Payload)
	for _, s := range envelope.Signatures {
		if verifier.Verify([]byte(encoded), s.Sig) {
			return nil
		}
	}
	return errors.New("no signature of that key over its whole payload")
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
