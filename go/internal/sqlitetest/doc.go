// Package sqlitetest tests libpagecrypt beside another SQLite in the same program: mattn/go-sqlite3's. It is a module of
// its own, so that package pagecrypt depends on nothing.
package sqlitetest
