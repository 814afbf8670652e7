package main

import (
	"os"

	pagecrypt "libpagecrypt/go"
)

// Pages 2 to 66, sealed and opened in one call.
const firstPage, lastPage = 2, 66

func pages(codec *pagecrypt.PageCodec) []byte {
	var all []byte
	for number := uint32(firstPage); number <= lastPage; number++ {
		all = appendPage(all, codec, number, 0)
	}
	return all
}

func writePages(p *place) error {
	codec, err := p.codec()
	if err != nil {
		return err
	}
	defer codec.Close()
	sealed := pages(codec)
	if err := codec.SealPages(firstPage, sealed); err != nil {
		return err
	}
	return os.WriteFile(p.path("pages", ""), sealed, 0o666)
}

func readPages(p *place) error {
	codec, err := p.codec()
	if err != nil {
		return err
	}
	defer codec.Close()
	opened, err := os.ReadFile(p.path("pages", ""))
	if err != nil {
		return err
	}
	if err := codec.OpenPages(firstPage, opened); err != nil {
		return err
	}
	return compare("pages", opened, pages(codec))
}
