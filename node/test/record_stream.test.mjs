// Streams of records: framing at every cut, batches, backpressure, and what is left when one fails.

import assert from "node:assert/strict";
import { once } from "node:events";
import { PassThrough, Readable, Transform, Writable } from "node:stream";
import { pipeline } from "node:stream/promises";
import { test } from "node:test";

import {
  AuthenticationError,
  ClosedError,
  InvalidArgumentError,
  MalformedError,
  RecordCodec,
  UnknownKeyIdError,
  parseRecordHeader,
  s2,
} from "libpagecrypt";

import { testKey } from "./pages.mjs";

const boundCodec = (byte = 1) => RecordCodec.bound(testKey(), { kind: "stream", id: Buffer.alloc(32, byte) });
const codec = boundCodec();
const texts = (count, length = (i) => 37 * (i % 70)) =>
  Array.from({ length: count }, (_, i) => Buffer.alloc(length(i), i));
const sealed = (plaintexts) => codec.sealBatchSync(plaintexts, { sequences: plaintexts.map((_, i) => i) });

function framed(records) {
  return Buffer.concat(
    records.flatMap((record) => {
      const header = Buffer.alloc(4);
      header.writeUInt32BE(record.length);
      return [header, record];
    }),
  );
}

function unframed(bytes) {
  const records = [];
  for (let at = 0; at < bytes.length; at += 4 + records.at(-1).length) {
    records.push(bytes.subarray(at + 4, at + 4 + bytes.readUInt32BE(at)));
  }
  return records;
}

function* cut(bytes, length) {
  for (let at = 0; at < bytes.length; at += length) yield bytes.subarray(at, at + length);
}

const first = { firstSequence: 0 };
const ofBytes = { ...first, framing: "length" };

/** What comes out of a stream, and how it ends. */
async function passed(chunks, stream, options) {
  const out = [];
  let error;
  try {
    await pipeline(Readable.from(chunks, options), stream, async (source) => {
      for await (const chunk of source) out.push(chunk);
    });
  } catch (thrown) {
    error = thrown;
  }
  return { out, error };
}

test("records pass through both streams in object mode", async () => {
  const plaintexts = texts(200);
  const clock = () => 5n;
  const { out: records, error } = await passed(plaintexts, codec.sealStream({ ...first, clock }));
  assert.equal(error, undefined);
  for (const [i, record] of records.entries()) {
    assert.deepEqual(codec.openSync(record, { sequence: i }), plaintexts[i]);
    assert.equal(parseRecordHeader(record).clock, 5n);
  }
  const opened = await passed(records, codec.openStream(first));
  assert.equal(opened.error, undefined);
  assert.deepEqual(opened.out, plaintexts);
  assert.ok(codec.openStream() instanceof Transform);
});

test("S2's records pass through streams, which give no sequence number", async () => {
  const records = RecordCodec.s2(testKey(), s2.streamId("a", "b"));
  const envelopes = texts(70).map((body) => s2.encodeEnvelope({ body }));
  const { out } = await passed(envelopes, records.sealStream());
  assert.deepEqual((await passed(out, records.openStream())).out, envelopes);
});

test("records with their lengths may be cut anywhere", async () => {
  const plaintexts = texts(12, (i) => 11 * i);
  const plain = framed(plaintexts);
  const bytes = framed(sealed(plaintexts));
  for (const length of [1, 2, 3, 4, 5, 7, 64, 100, bytes.length]) {
    const opened = await passed(cut(bytes, length), codec.openStream(ofBytes));
    assert.equal(opened.error, undefined, `chunks of ${length}`);
    assert.deepEqual(Buffer.concat(opened.out), plain);
    const { out, error } = await passed(cut(plain, length), codec.sealStream(ofBytes));
    assert.equal(error, undefined);
    assert.deepEqual(
      codec.openBatchSync(unframed(Buffer.concat(out)), { sequences: plaintexts.map((_, i) => i) }),
      plaintexts,
    );
  }
  for (let at = 0; at <= bytes.length; at++) {
    const opened = await passed([bytes.subarray(0, at), bytes.subarray(at)], codec.openStream(ofBytes), {
      objectMode: false,
    });
    assert.deepEqual(Buffer.concat(opened.out), plain, `cut at ${at}`);
  }
});

test("large records that come in small chunks are put together", async () => {
  const plaintexts = texts(3, (i) => 1_000_000 + i);
  const opened = await passed(cut(framed(sealed(plaintexts)), 1000), codec.openStream(ofBytes));
  assert.deepEqual(Buffer.concat(opened.out), framed(plaintexts));
});

test("a stream that ends within a record or its length fails", async () => {
  const bytes = framed(sealed(texts(3, () => 20)));
  const ends = [0, bytes.length / 3, (bytes.length * 2) / 3, bytes.length];
  for (let length = 0; length <= bytes.length; length++) {
    const { out, error } = await passed([bytes.subarray(0, length)], codec.openStream(ofBytes));
    if (ends.includes(length)) assert.equal(error, undefined, `${length}`);
    else assert.ok(error instanceof MalformedError && /ends within/.test(error.message), `${length}: ${error}`);
    const whole = unframed(Buffer.concat(out));
    assert.ok(whole.every((record) => record.length === 20));
  }
});

test("a declared length takes no memory, and above the limit it is refused", async () => {
  const declared = Buffer.from([0x7f, 0xff, 0xff, 0xff]);
  const stream = codec.openStream({ framing: "length", maxLength: 2 ** 31 - 1 });
  const before = process.memoryUsage().arrayBuffers;
  stream.write(declared);
  stream.write(Buffer.alloc(100));
  await new Promise(setImmediate);
  assert.ok(process.memoryUsage().arrayBuffers - before < 1_000_000);
  stream.destroy();
  for (const [bytes, options] of [
    [declared, {}],
    [Buffer.from([1, 0, 0, 1]), {}],
    [Buffer.from([0, 0, 0, 101]), { maxLength: 100 }],
  ]) {
    for (const make of ["sealStream", "openStream"]) {
      const { error } = await passed([bytes], codec[make]({ framing: "length", ...options }));
      assert.ok(error instanceof MalformedError && /the limit is/.test(error.message), String(error));
    }
  }
  const { error } = await passed(
    [framed([Buffer.alloc(100)])],
    codec.sealStream({ framing: "length", maxLength: 100n }),
  );
  assert.equal(error, undefined);
});

test("the first bad record ends the stream by its error, and nothing of it comes out", async () => {
  for (const bad of [0, 1, 63, 64, 100]) {
    const plaintexts = texts(130, () => 20);
    const records = sealed(plaintexts);
    records[bad][records[bad].length - 1] ^= 1;
    records[bad + 3][20] ^= 1;
    for (const [chunks, options, plain] of [
      [records, first, (out) => out],
      [cut(framed(records), 100), ofBytes, (out) => unframed(Buffer.concat(out))],
    ]) {
      const { out, error } = await passed(chunks, codec.openStream(options));
      assert.ok(error instanceof AuthenticationError, String(error));
      assert.deepEqual([error.index, error.count, error.numbers], [bad, 1, [bad]]);
      assert.match(error.message, new RegExp(`message ${bad}$`));
      const got = plain(out);
      assert.ok(got.length <= bad);
      assert.deepEqual(got, plaintexts.slice(0, got.length));
    }
  }
  const foreign = boundCodec(9).sealSync(Buffer.from("text"));
  assert.ok((await passed([foreign], codec.openStream())).error instanceof UnknownKeyIdError);
  const moved = sealed(texts(3)).reverse();
  assert.ok((await passed(moved, codec.openStream(first))).error instanceof AuthenticationError);
  const token = RecordCodec.bound(testKey(), { kind: "store", id: Buffer.alloc(16) });
  assert.ok((await passed([Buffer.alloc(1)], token.sealStream())).error instanceof InvalidArgumentError);
});

test("chunks of other types end the stream by a TypeError", async () => {
  for (const chunk of ["text", 7, {}, [1]]) {
    const { error } = await passed([chunk], codec.sealStream());
    assert.deepEqual([error.constructor, error.code], [TypeError, "ERR_INVALID_ARG_TYPE"]);
  }
  const { error } = await passed([new Uint8Array(new SharedArrayBuffer(8))], codec.sealStream());
  assert.ok(error instanceof InvalidArgumentError);
});

test("sequence numbers and clocks of other values end the stream, or are refused at once", async () => {
  const { error } = await passed(texts(3), codec.sealStream({ firstSequence: 2n ** 64n - 2n }));
  assert.ok(error instanceof InvalidArgumentError || error.code === "ERR_OUT_OF_RANGE", String(error));
  assert.equal((await passed(texts(1), codec.sealStream({ clock: () => -1 }))).error.code, "ERR_OUT_OF_RANGE");
  const boom = new Error("boom");
  const clock = () => {
    throw boom;
  };
  assert.equal((await passed(texts(1), codec.sealStream({ clock }))).error, boom);
  assert.throws(() => codec.sealStream({ framing: "lines" }), { code: "ERR_INVALID_ARG_VALUE" });
  assert.throws(() => codec.openStream({ maxLength: 2 ** 31 }), { code: "ERR_OUT_OF_RANGE" });
});

test("a reader that waits holds the writer up", async () => {
  const records = sealed(texts(64, () => 20));
  const stream = codec.openStream();
  let written = 0;
  const source = new Readable({
    objectMode: true,
    highWaterMark: 1,
    read() {
      written += 1;
      this.push(codec.sealSync(records[written % 64]));
    },
  });
  source.pipe(stream);
  await new Promise((resolve) => setTimeout(resolve, 100));
  const before = written;
  assert.ok(before <= 64 * 5, `${before} records were taken without a reader`);
  await new Promise((resolve) => setTimeout(resolve, 50));
  assert.equal(written, before, "and no more");
  let read = 0;
  for await (const _ of stream) if (++read === 1000) break;
  assert.equal(read, 1000, "once there is one, it goes on");
  source.destroy();
});

test("slow readers get everything in order", async () => {
  const plaintexts = texts(300, (i) => i);
  const out = [];
  const slow = new Writable({
    objectMode: true,
    highWaterMark: 1,
    write(chunk, _, callback) {
      out.push(chunk);
      setImmediate(callback);
    },
  });
  await pipeline(Readable.from(sealed(plaintexts)), codec.openStream(first), slow);
  assert.deepEqual(out, plaintexts);
});

test("a codec that is closed, and a signal, end a stream", async () => {
  const closing = boundCodec();
  const stream = closing.sealStream();
  closing.close();
  stream.write(Buffer.from("text"));
  const [error] = await once(stream, "error");
  assert.ok(error instanceof ClosedError);
  assert.throws(() => closing.sealStream(), ClosedError);

  const control = new AbortController();
  const waiting = pipeline(
    new PassThrough(),
    codec.openStream({ framing: "length", signal: control.signal }),
    new PassThrough(),
  );
  control.abort();
  await assert.rejects(waiting, { name: "AbortError" });
});

test("a stream that is destroyed amid work says nothing more", async () => {
  for (const delay of [(f) => f(), process.nextTick, setImmediate]) {
    const stream = codec.openStream(first);
    for (const record of sealed(texts(200))) stream.write(record);
    await new Promise((resolve) => delay(resolve));
    const closed = once(stream, "close");
    stream.destroy();
    await closed;
    await new Promise(setImmediate);
  }
});
