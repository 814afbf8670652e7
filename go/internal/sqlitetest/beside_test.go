package sqlitetest

import (
	"database/sql"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	_ "github.com/mattn/go-sqlite3"

	pagecrypt "libpagecrypt/go"
)

const rows = 5000

// makeDatabase returns the path of a plain database with some rows, closed.
func makeDatabase(t *testing.T) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), "app.db")
	db := open(t, path)
	defer db.Close()
	run(t, db, `CREATE TABLE notes (id INTEGER PRIMARY KEY, text TEXT NOT NULL); CREATE INDEX by_text ON notes (text)`)
	run(t, db, fmt.Sprintf(`WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < %d)
		INSERT INTO notes SELECT i, 'note ' || i || hex(zeroblob(i %% 90)) FROM n`, rows))
	return path
}

func open(t *testing.T, path string) *sql.DB {
	t.Helper()
	db, err := sql.Open("sqlite3", "file:"+path+"?_busy_timeout=0")
	if err != nil {
		t.Fatal(err)
	}
	db.SetMaxOpenConns(1)
	return db
}

func run(t *testing.T, db *sql.DB, statements string) {
	t.Helper()
	if _, err := db.Exec(statements); err != nil {
		t.Fatal(err)
	}
}

// digest is what tells the content of two databases apart.
func digest(t *testing.T, path string) string {
	t.Helper()
	db := open(t, path)
	defer db.Close()
	var check, content string
	if err := db.QueryRow(`PRAGMA integrity_check`).Scan(&check); err != nil {
		t.Fatal(err)
	}
	if err := db.QueryRow(`SELECT count(*) || ' ' || group_concat(text) FROM (SELECT text FROM notes ORDER BY id)`).Scan(&content); err != nil {
		t.Fatal(err)
	}
	return check + " " + content
}

func newKey(t *testing.T) *pagecrypt.Key {
	t.Helper()
	key, err := pagecrypt.GenerateKey(pagecrypt.AEGIS256)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { key.Close() })
	return key
}

func TestADatabaseOfTheOtherSQLiteIsEncryptedAndDecrypted(t *testing.T) {
	plain := makeDatabase(t)
	want := digest(t, plain)
	key := newKey(t)
	encrypted, decrypted := plain+".enc", plain+".again"
	if _, err := pagecrypt.EncryptFile(t.Context(), plain, encrypted, key, nil); err != nil {
		t.Fatal(err)
	}
	for name, decrypt := range map[string]func() (pagecrypt.Summary, error){
		"DecryptFile": func() (pagecrypt.Summary, error) {
			return pagecrypt.DecryptFile(t.Context(), encrypted, decrypted, key, &pagecrypt.FileOptions{Force: true})
		},
		"DecryptFileCompact": func() (pagecrypt.Summary, error) {
			return pagecrypt.DecryptFileCompact(t.Context(), encrypted, decrypted, key, &pagecrypt.FileOptions{Force: true})
		},
	} {
		if _, err := decrypt(); err != nil {
			t.Fatal(err)
		}
		if got := digest(t, decrypted); got != want {
			t.Errorf("%s: another content: %.60s", name, got)
		}
	}
	db := open(t, encrypted)
	defer db.Close()
	if _, err := db.Exec(`SELECT * FROM notes`); err == nil {
		t.Error("the other SQLite reads the encrypted database")
	}
}

func TestTheLogOfTheOtherSQLiteIsTakenIn(t *testing.T) {
	plain := makeDatabase(t)
	db := open(t, plain)
	run(t, db, `PRAGMA journal_mode = WAL; PRAGMA wal_autocheckpoint = 0; UPDATE notes SET text = 'changed ' || id`)
	// As a crash would leave it: closing takes the log in.
	crashed := filepath.Join(t.TempDir(), "crashed.db")
	for _, suffix := range []string{"", "-wal"} {
		content, err := os.ReadFile(plain + suffix)
		if err != nil || len(content) == 0 {
			t.Fatal(len(content), err)
		}
		if err := os.WriteFile(crashed+suffix, content, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	db.Close()
	want := digest(t, plain)
	key := newKey(t)
	if _, err := pagecrypt.EncryptFile(t.Context(), crashed, plain+".enc", key, nil); err != nil {
		t.Fatal(err)
	}
	if _, err := pagecrypt.DecryptFileCompact(t.Context(), plain+".enc", plain+".again", key, nil); err != nil {
		t.Fatal(err)
	}
	if got := digest(t, plain+".again"); got != want || !strings.Contains(got, "changed 77") {
		t.Errorf("another content: %.60s", got)
	}
}

func TestADatabaseThatThisProgramHoldsIsLocked(t *testing.T) {
	plain := makeDatabase(t)
	db := open(t, plain)
	defer db.Close()
	run(t, db, `BEGIN EXCLUSIVE; UPDATE notes SET text = 'x' WHERE id = 1`)
	_, err := pagecrypt.EncryptFile(t.Context(), plain, plain+".enc", newKey(t), &pagecrypt.FileOptions{Wait: -1})
	var failure *pagecrypt.Error
	if !errors.As(err, &failure) || failure.Code != pagecrypt.ErrLocked || failure.LockedBy != pagecrypt.LockedByThisProcess {
		t.Errorf("%#v", err)
	}
	run(t, db, `ROLLBACK`) // its locks are still there
	db.Close()
	if _, err := pagecrypt.EncryptFile(t.Context(), plain, plain+".enc", newKey(t), nil); err != nil {
		t.Error(err)
	}
}
