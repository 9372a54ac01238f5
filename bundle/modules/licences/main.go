// Command licences says which licences the texts of files are: a name a line on standard input, a JSON document a
// line on standard output. Its matcher is the one that pkg.go.dev shows the licences of Go modules by.
package main

import (
	"bufio"
	"encoding/json"
	"fmt"
	"os"

	"github.com/google/licensecheck"
)

type answer struct {
	File string `json:"file"`
	// Percent is how much of the text belongs to a licence that was recognised.
	Percent float64  `json:"percent"`
	Names   []string `json:"names"`
}

func main() {
	if err := run(); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

func run() error {
	names, out := bufio.NewScanner(os.Stdin), json.NewEncoder(os.Stdout)
	for names.Scan() {
		text, err := os.ReadFile(names.Text())
		if err != nil {
			return err
		}
		found := licensecheck.Scan(text)
		one := answer{File: names.Text(), Percent: found.Percent, Names: []string{}}
		for _, match := range found.Match {
			one.Names = append(one.Names, match.ID)
		}
		if err := out.Encode(one); err != nil {
			return err
		}
	}
	return names.Err()
}
