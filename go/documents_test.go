//go:build cgo && (pagecrypt_system || (linux && (amd64 || arm64)))

package pagecrypt

import (
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
)

var (
	goBlock     = regexp.MustCompile("(?s)```go\n(.*?)```\n")
	printsBlock = regexp.MustCompile("(?s)^\nprints[^\n]*\n\n```text\n(.*?)```\n")
)

// What the programs of docs/go.md are given: a plain and an encrypted database, and the key of the latter.
const (
	documentsPlain     = plainDatabase
	documentsEncrypted = "turso/aegis256-4096-small.db"
	documentsKey       = "4303835854832fee55b558d2b0a6c7441496cdddfb5c74eab5707e62b5d63ef2"
)

func TestTheProgramsOfTheDocumentsRunAndPrintWhatIsSaid(t *testing.T) {
	text, err := os.ReadFile(filepath.Join("..", "docs", "go.md"))
	if err != nil {
		t.Fatal(err)
	}
	blocks := goBlock.FindAllSubmatchIndex(text, -1)
	if len(blocks) < 4 {
		t.Fatalf("%d programs", len(blocks))
	}
	for i, block := range blocks {
		program := string(text[block[2]:block[3]])
		said := printsBlock.FindSubmatch(text[block[1]:])
		if said == nil {
			t.Errorf("program %d: nothing is said of what it prints", i+1)
			continue
		}
		if got := runProgram(t, i+1, program); got != string(said[1]) {
			t.Errorf("program %d prints\n%s\nand the document says\n%s", i+1, got, said[1])
		}
	}
}

func TestTheProgramOfTheReadmeRuns(t *testing.T) {
	text, err := os.ReadFile(filepath.Join("..", "README.md"))
	if err != nil {
		t.Fatal(err)
	}
	blocks := goBlock.FindAllSubmatch(text, -1)
	if len(blocks) != 1 {
		t.Fatalf("%d programs", len(blocks))
	}
	if printed := runProgram(t, 0, string(blocks[0][1])); printed != "" {
		t.Errorf("it prints %q", printed)
	}
}

// runProgram runs a program in a module of its own, which takes this one as the document says.
func runProgram(t *testing.T, number int, program string) string {
	t.Helper()
	folder := t.TempDir()
	here, err := filepath.Abs(".")
	if err != nil {
		t.Fatal(err)
	}
	module := "module program\n\ngo 1.24\n\nrequire libpagecrypt/go v0.1.0\n\nreplace libpagecrypt/go => " + here + "\n"
	for name, content := range map[string]string{"main.go": program, "go.mod": module} {
		if err := os.WriteFile(filepath.Join(folder, name), []byte(content), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	if form, err := exec.Command("gofmt", "-l", folder).Output(); err != nil || len(form) > 0 {
		t.Errorf("program %d: gofmt would change it, or %v", number, err)
	}
	vectors := filepath.Dir(here) + "/vectors/"
	plain, err := os.ReadFile(vectors + documentsPlain)
	if err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(folder, "app.db"), plain, 0o600); err != nil {
		t.Fatal(err)
	}
	run := exec.Command("go", "run", "-tags", strings.Join(testTags, ","), ".", vectors+documentsPlain, vectors+documentsEncrypted)
	run.Dir = folder
	run.Env = append(os.Environ(), "APP_KEY="+documentsKey)
	var messages strings.Builder
	run.Stderr = &messages
	printed, err := run.Output()
	if err != nil {
		t.Fatalf("program %d: %v\n%s", number, err, messages.String())
	}
	return string(printed)
}
