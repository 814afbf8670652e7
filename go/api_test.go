package pagecrypt

import (
	"bytes"
	"go/ast"
	"go/build"
	"go/parser"
	"go/printer"
	"go/token"
	"maps"
	"slices"
	"strings"
	"testing"
)

// exported returns every exported declaration of the files that a build context chooses, without bodies, and whether
// the files use cgo.
func exported(t *testing.T, context build.Context) (declarations []string, usesCgo bool) {
	t.Helper()
	pkg, err := context.ImportDir(".", 0)
	if err != nil {
		t.Fatal(err)
	}
	files := token.NewFileSet()
	for _, name := range append(slices.Clone(pkg.GoFiles), pkg.CgoFiles...) {
		file, err := parser.ParseFile(files, name, nil, 0)
		if err != nil {
			t.Fatal(err)
		}
		ast.FileExports(file)
		for _, declaration := range file.Decls {
			if function, ok := declaration.(*ast.FuncDecl); ok {
				function.Body = nil
			}
			var text bytes.Buffer
			if err := printer.Fprint(&text, files, declaration); err != nil {
				t.Fatal(err)
			}
			if !strings.HasPrefix(text.String(), "import") {
				declarations = append(declarations, text.String())
			}
		}
	}
	slices.Sort(declarations)
	return declarations, len(pkg.CgoFiles) > 0
}

func TestTheSameIsExportedWithAndWithoutTheLibrary(t *testing.T) {
	builds := map[string]struct {
		goos, goarch string
		cgo          bool
		tags         []string
		usesCgo      bool
	}{
		"bundled":                      {"linux", "amd64", true, nil, true},
		"bundled for arm64":            {"linux", "arm64", true, nil, true},
		"system":                       {"linux", "amd64", true, []string{"pagecrypt_system"}, true},
		"system on another platform":   {"darwin", "arm64", true, []string{"pagecrypt_system"}, true},
		"without cgo":                  {"linux", "amd64", false, nil, false},
		"system without cgo":           {"linux", "amd64", false, []string{"pagecrypt_system"}, false},
		"nothing bundled":              {"darwin", "arm64", true, nil, false},
		"nothing bundled, without cgo": {"windows", "amd64", false, nil, false},
	}
	reference, _ := exported(t, build.Context{GOOS: "linux", GOARCH: "amd64", CgoEnabled: false, Compiler: "gc"})
	if len(reference) < 50 || !slices.ContainsFunc(reference, func(d string) bool { return strings.HasPrefix(d, "func NewAEAD(") }) {
		t.Fatalf("found only %d exported declarations", len(reference))
	}
	for _, name := range slices.Sorted(maps.Keys(builds)) {
		b := builds[name]
		context := build.Default
		context.GOOS, context.GOARCH, context.CgoEnabled, context.BuildTags = b.goos, b.goarch, b.cgo, b.tags
		got, usesCgo := exported(t, context)
		if !slices.Equal(got, reference) {
			t.Errorf("%s: exports %d declarations, not the same %d", name, len(got), len(reference))
		}
		if usesCgo != b.usesCgo {
			t.Errorf("%s: cgo used: %v", name, usesCgo)
		}
	}
}
