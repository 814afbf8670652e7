// Package benchpeers compares libpagecrypt's ciphers with those of golang.org/x/crypto. It is a module of its own, so that
// package pagecrypt depends on nothing.
package benchpeers
