package main

import (
	"io/fs"
	"os"
	"path"
	"strings"

	"github.com/gobwas/glob"
	"github.com/pulumi/pulumi/sdk/v3/go/common/resource"
)

// pattern is one rule: the files that match come in, or go out again.
type pattern struct {
	glob.Glob
	exclude bool
}

func parsePatterns(rules []string) ([]pattern, error) {
	patterns := make([]pattern, 0, len(rules))
	for _, rule := range rules {
		text, exclude := strings.CutPrefix(rule, "!")
		compiled, err := glob.Compile(text, '/')
		if err != nil {
			return nil, err
		}
		patterns = append(patterns, pattern{compiled, exclude})
	}
	return patterns, nil
}

// matchFiles returns the files below dir that the rules let in, by their path relative to dir. Rules apply in order;
// one that begins with an exclamation mark takes files out again.
func matchFiles(dir string, rules []string) (map[string]*resource.Asset, error) {
	patterns, err := parsePatterns(rules)
	if err != nil {
		return nil, err
	}
	assets := map[string]*resource.Asset{}
	err = fs.WalkDir(os.DirFS(dir), ".", func(name string, entry fs.DirEntry, err error) error {
		if err != nil || entry.IsDir() {
			return err
		}
		wanted := false
		for _, pattern := range patterns {
			if pattern.Match(name) {
				wanted = !pattern.exclude
			}
		}
		if wanted {
			assets[name], err = resource.NewPathAsset(path.Join(dir, name))
		}
		return err
	})
	return assets, err
}
