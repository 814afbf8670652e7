package main

import (
	"encoding/binary"
	"fmt"
	"os"

	pagecrypt "libpagecrypt/go"
)

// A write-ahead log of three frames.
var (
	logHeader = pagecrypt.WALHeader{
		ByteOrder:  pagecrypt.LittleEndian,
		PageSize:   pageSize,
		Checkpoint: 1,
		Salts:      [2]uint32{0x01020304, 0x05060708},
	}
	frames = []struct{ page, commitSize uint32 }{{2, 0}, {3, 0}, {2, 3}}
)

func writeFrames(p *place) error {
	codec, err := p.codec()
	if err != nil {
		return err
	}
	defer codec.Close()
	header, err := logHeader.Bytes()
	if err != nil {
		return err
	}
	chain, err := pagecrypt.StartWALChain(header)
	if err != nil {
		return err
	}
	defer chain.Close()
	var sealed []byte
	for k, frame := range frames {
		sealed = binary.BigEndian.AppendUint32(sealed, frame.page)
		sealed = binary.BigEndian.AppendUint32(sealed, frame.commitSize)
		sealed = append(sealed, make([]byte, 16)...) // salts and checksum, which sealing writes
		sealed = appendPage(sealed, codec, frame.page, k)
	}
	if err := codec.SealFrames(chain, sealed); err != nil {
		return err
	}
	return os.WriteFile(p.path("frames", ""), append(header, sealed...), 0o666)
}

func readFrames(p *place) error {
	codec, err := p.codec()
	if err != nil {
		return err
	}
	defer codec.Close()
	file, err := os.ReadFile(p.path("frames", ""))
	if err != nil {
		return err
	}
	header, err := pagecrypt.ParseWALHeader(file)
	if err != nil {
		return err
	}
	if header != logHeader {
		return fmt.Errorf("the log's header is %+v", header)
	}
	log := file[pagecrypt.WALHeaderLength:]
	if len(log) != len(frames)*codec.FrameLength() {
		return fmt.Errorf("%d bytes of frames", len(log))
	}
	if err := checkFrames(file, log, codec.FrameLength()); err != nil {
		return err
	}
	if err := codec.OpenFrames(1, log); err != nil {
		return err
	}
	for k, frame := range frames {
		start := k*codec.FrameLength() + pagecrypt.WALFrameHeaderLength
		expected := appendPage(nil, codec, frame.page, k)
		if err := compare(fmt.Sprint("frame ", k+1), log[start:start+pageSize], expected); err != nil {
			return err
		}
	}
	return nil
}

// checkFrames tells whether the chain takes the frames, and what their headers say.
func checkFrames(file, log []byte, length int) error {
	chain, err := pagecrypt.StartWALChain(file)
	if err != nil {
		return err
	}
	defer chain.Close()
	for k, expected := range frames {
		frame := log[k*length : (k+1)*length]
		accepted, err := chain.Accept(frame)
		if err != nil {
			return err
		}
		if !accepted {
			return fmt.Errorf("frame %d is not the log's next", k+1)
		}
		header, err := pagecrypt.ParseWALFrameHeader(frame)
		if err != nil {
			return err
		}
		checksum, err := chain.Checksum()
		if err != nil {
			return err
		}
		if header.Page != expected.page || header.CommitSize != expected.commitSize || header.Checksum != checksum {
			return fmt.Errorf("frame %d says %+v", k+1, header)
		}
	}
	return nil
}
