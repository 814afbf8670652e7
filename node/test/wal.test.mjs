import assert from "node:assert/strict";
import { test } from "node:test";

import {
  AuthenticationError,
  BufferLengthError,
  ClosedError,
  MalformedError,
  PageCodec,
  PageNumberError,
  PageSizeError,
  WAL_FRAME_HEADER_LENGTH,
  WAL_HEADER_LENGTH,
  WalChain,
  WalFrameHeader,
  WalHeader,
} from "libpagecrypt";

import { both, isZero, pieces, plainFrames, testCodec } from "./pages.mjs";
import { TURSO_CIPHERS, readVector, sampleKey, sampleNamed } from "./vectors.mjs";

const HEADER = new WalHeader({ byteOrder: "little", pageSize: 512, checkpoint: 1, salts: [0x01020304, 0x05060708] });

const fields = ({ byteOrder, pageSize, checkpoint, salts }) => ({ byteOrder, pageSize, checkpoint, salts: [...salts] });

test("a header of a log is read back, and any change of it noticed", () => {
  assert.deepEqual([WAL_HEADER_LENGTH, WAL_FRAME_HEADER_LENGTH], [32, 24]);
  for (const byteOrder of ["little", "big"]) {
    for (let pageSize = 512; pageSize <= 65536; pageSize *= 2) {
      const header = new WalHeader({ byteOrder, pageSize, checkpoint: 7, salts: [1, 0xffffffff] });
      const bytes = header.toBytes();
      assert.equal(bytes.length, 32);
      assert.deepEqual(fields(WalHeader.parse(Buffer.concat([bytes, Buffer.of(1, 2, 3)]))), fields(header));
      for (let at = 0; at < 32; at++) {
        bytes[at] ^= 1;
        assert.throws(() => WalHeader.parse(bytes), MalformedError);
        assert.throws(() => WalChain.start(bytes), MalformedError);
        bytes[at] ^= 1;
      }
    }
  }
  assert.throws(() => new WalHeader({ pageSize: 1000, salts: [0, 0] }).toBytes(), {
    constructor: PageSizeError,
    got: 1000,
  });
  for (const length of [0, 31]) assert.throws(() => WalHeader.parse(new Uint8Array(length)), MalformedError);
  for (const length of [0, 23])
    assert.throws(() => WalFrameHeader.parse(new Uint8Array(length)), {
      constructor: BufferLengthError,
      expected: 24,
      got: length,
    });
});

test("sealed frames are a log that opens", async () => {
  for (const cipher of TURSO_CIPHERS) {
    const codec = testCodec(cipher, 512);
    const plain = plainFrames(codec, 5);
    for (const suffix of ["", "Sync"]) {
      const sealed = Buffer.from(plain);
      const writer = WalChain.start(HEADER);
      const cut = 2 * codec.frameLength; // in two runs, as a log grows
      await codec[`sealFrames${suffix}`](writer, sealed.subarray(0, cut));
      await codec[`sealFrames${suffix}`](writer, sealed.subarray(cut));
      const reader = WalChain.start(HEADER.toBytes());
      for (const [i, frame] of [...pieces(sealed, codec.frameLength)].entries()) {
        const header = WalFrameHeader.parse(frame);
        assert.deepEqual(
          [header.page, header.commitSize, [...header.salts]],
          [i + 2, i === 4 ? 6 : 0, [...HEADER.salts]],
        );
        frame[100] ^= 1;
        assert.equal(reader.accept(frame), false);
        frame[100] ^= 1;
        assert.equal(reader.accept(frame), true, `frame ${i + 1}`);
        assert.deepEqual([...reader.checksum], [...header.checksum]);
      }
      assert.deepEqual([...reader.checksum], [...writer.checksum]);

      const opened = Buffer.alloc(sealed.length);
      await codec[`openFramesInto${suffix}`](1, sealed, opened);
      const heads = Buffer.from(sealed);
      await codec[`openFrames${suffix}`](1, sealed);
      for (let i = 0; i < 5; i++) {
        const at = i * codec.frameLength;
        assert.deepEqual(sealed.subarray(at, at + 24), heads.subarray(at, at + 24), "headers stay");
        assert.ok(isZero(opened.subarray(at, at + 24)), "headers are not copied");
        const page = plain.subarray(at + 24, at + codec.frameLength);
        assert.deepEqual(sealed.subarray(at + 24, at + codec.frameLength), page);
        assert.deepEqual(opened.subarray(at + 24, at + codec.frameLength), page);
      }
    }
  }
});

test("a chain goes on behind a frame", () => {
  const codec = testCodec("aegis256", 512);
  const frames = plainFrames(codec, 3);
  codec.sealFramesSync(WalChain.start(HEADER), frames);
  const [, second, third] = pieces(frames, codec.frameLength);
  const chain = WalChain.resume(HEADER, WalFrameHeader.parse(second).checksum);
  assert.equal(chain.accept(third), true);
});

test("forged frames are zeros, and the others are open", async () => {
  const codec = testCodec("aegis128l", 512);
  const sealed = plainFrames(codec, 3);
  codec.sealFramesSync(WalChain.start(HEADER), sealed);
  const at = codec.frameLength + 24;
  sealed[at] ^= 1;
  const failed = {
    constructor: AuthenticationError,
    unit: "frame",
    numbers: [8],
    first: 8,
    count: 1,
    frame: 8,
    page: undefined,
  };
  for (const [, openFramesInto] of both(codec, "openFramesInto"))
    await assert.rejects(openFramesInto(7, sealed, Buffer.alloc(sealed.length)), failed);
  for (const [, openFrames] of both(codec, "openFrames")) {
    const buffer = Buffer.from(sealed);
    await assert.rejects(openFrames(7, buffer), failed);
    assert.ok(isZero(buffer.subarray(at, at + 512)) && !isZero(buffer.subarray(24, 24 + 512)));
  }
});

test("what is no frame is refused, and the chain stays", async () => {
  const codec = testCodec("aegis128l", 512);
  const chain = WalChain.start(HEADER);
  const before = [...chain.checksum];
  for (const suffix of ["", "Sync"]) {
    await assert.rejects(async () => codec[`sealFrames${suffix}`](chain, Buffer.alloc(500)), BufferLengthError);
    await assert.rejects(async () => codec[`sealFrames${suffix}`](chain, Buffer.alloc(536)), PageNumberError);
    await assert.rejects(async () => codec[`openFrames${suffix}`](1, Buffer.alloc(500)), BufferLengthError);
    await assert.rejects(
      async () => codec[`openFramesInto${suffix}`](1, Buffer.alloc(536), Buffer.alloc(0)),
      BufferLengthError,
    );
  }
  assert.deepEqual([...chain.checksum], before);
  for (const length of [0, 1, 23]) assert.throws(() => chain.accept(new Uint8Array(length)), BufferLengthError);
});

test("an aborted signal leaves the chain where it is", async () => {
  const codec = testCodec("aegis128l", 512);
  const chain = WalChain.start(HEADER);
  const before = [...chain.checksum];
  const signal = AbortSignal.abort();
  await assert.rejects(codec.sealFrames(chain, plainFrames(codec, 2), { signal }), (error) => error === signal.reason);
  assert.deepEqual([...chain.checksum], before);
});

test("operations on one chain follow one another in the order of their calls", async () => {
  const codec = testCodec("aegis128l", 512);
  const chain = WalChain.start(HEADER);
  const runs = Array.from({ length: 20 }, () => plainFrames(codec, 3));
  const outcomes = await Promise.allSettled(runs.map((frames) => codec.sealFrames(chain, frames)));
  const sealed = runs.filter((_, i) => outcomes[i].status === "fulfilled");
  for (const { reason } of outcomes.filter(({ status }) => status === "rejected")) assert.equal(reason.code, "locked");
  assert.ok(sealed.length >= 1);
  const reader = WalChain.start(HEADER);
  for (const frames of sealed)
    for (const frame of pieces(frames, codec.frameLength)) assert.equal(reader.accept(frame), true);
  assert.deepEqual([...reader.checksum], [...chain.checksum]);
});

test("a closed chain is refused", async () => {
  const codec = testCodec("aegis128l", 512);
  const chain = WalChain.start(HEADER);
  chain.close();
  chain.close();
  for (const [, sealFrames] of both(codec, "sealFrames"))
    await assert.rejects(sealFrames(chain, plainFrames(codec, 1)), ClosedError);
  assert.throws(() => chain.accept(Buffer.alloc(536)), ClosedError);
  assert.throws(() => chain.checksum, ClosedError);
});

test("the log that Turso wrote is accepted and opens", async () => {
  const sample = sampleNamed("aegis256-4096-walmixed");
  const log = readVector(`turso/${sample.name}.db-wal`);
  const header = WalHeader.parse(log);
  assert.equal(header.pageSize, 4096);
  const codec = new PageCodec(sampleKey(sample), { pageSize: header.pageSize });
  const chain = WalChain.start(log);
  const frames = log.subarray(WAL_HEADER_LENGTH);
  for (const frame of pieces(frames, codec.frameLength)) assert.equal(chain.accept(frame), true);
  await codec.openFrames(1, frames);
});
