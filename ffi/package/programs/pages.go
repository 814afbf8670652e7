// Command pages seals and opens two pages through the Go module.
package main

import (
	"bytes"
	"fmt"
	"os"

	pagecrypt "MODULE"
)

func run() error {
	key, err := pagecrypt.GenerateKey(pagecrypt.AEGIS256)
	if err != nil {
		return err
	}
	defer key.Close()
	codec, err := pagecrypt.NewTursoPageCodec(key, 4096)
	if err != nil {
		return err
	}
	defer codec.Close()
	pages := make([]byte, 2*4096)
	pages[0], pages[4096] = 'a', 'b'
	plain := bytes.Clone(pages)
	if err := codec.SealPages(2, pages); err != nil {
		return err
	}
	sealed := !bytes.Equal(pages, plain)
	if err := codec.OpenPages(2, pages); err != nil {
		return err
	}
	if !sealed || pages[0] != 'a' || pages[4096] != 'b' {
		return fmt.Errorf("pages lost")
	}
	fmt.Println("Go: pages opened")
	return nil
}

func main() {
	if err := run(); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}
