import assert from "node:assert/strict";
import { appendFileSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { buffer as collect } from "node:stream/consumers";
import { pipeline } from "node:stream/promises";
import { test } from "node:test";

import {
  AuthenticationError,
  ClosedError,
  InputOutputError,
  LockedError,
  PageNumberError,
  PageReader,
  WrongKeyError,
  decryptFileSync,
} from "libpagecrypt";

import { copyOf } from "./folders.mjs";
import { lacksLocks, lockedByAnother } from "./locks.mjs";
import { both, isZero, testKey } from "./pages.mjs";
import { samples } from "./vectors.mjs";

/** A reader of a copy, and the bytes it is to give. */
function readerOf(t, name) {
  const copy = copyOf(t, name);
  const plain = join(copy.folder, "plain");
  decryptFileSync(copy.path, plain, copy.key);
  const reader = PageReader.openSync(copy.path, copy.key);
  t.after(() => reader.close());
  return { ...copy, reader, expected: readFileSync(plain) };
}

test("a reader has the bytes of the decrypted file", async (t) => {
  for (const sample of samples) {
    const { reader, expected, key, path } = readerOf(t, sample.name);
    key.close(); // the reader has its own
    assert.deepEqual(
      [reader.cipher, reader.pageSize, reader.pageCount, reader.size],
      [sample.cipher, sample.page_size, sample.page_count, expected.length],
    );
    assert.equal(reader.framesApplied > 0, sample.files.length > 1);
    for (const [, readAt] of both(reader, "readAt")) assert.ok((await readAt(0, reader.size)).equals(expected));
    for (const [, readPages] of both(reader, "readPages"))
      assert.ok((await readPages(2, 3)).equals(expected.subarray(sample.page_size, 4 * sample.page_size)));
    for (const [, checkUnchanged] of both(reader, "checkUnchanged")) assert.equal(await checkUnchanged(), undefined);
    assert.ok(
      await PageReader.open(path, testKey()).then(
        () => false,
        (error) => error instanceof WrongKeyError || error.code === "key_length",
      ),
    );
  }
});

test("any range is read, and none behind the end", async (t) => {
  const { reader, expected } = readerOf(t, "aes128gcm-512-small");
  const { size } = reader;
  for (const [offset, length] of [
    [0, 0],
    [0, 1],
    [511, 2],
    [100, 5000],
    [0, size],
    [size - 1, 1],
    [size - 1, 2],
    [size, 1],
    [size + 1000, 10],
    [2 ** 52, 10],
    [0, size + 7],
  ]) {
    for (const [name, readAt] of both(reader, "readAt"))
      assert.ok(
        (await readAt(offset, length)).equals(expected.subarray(offset, offset + length)),
        `${name}(${offset}, ${length})`,
      );
    for (const [name, readInto] of both(reader, "readInto")) {
      const into = Buffer.alloc(length, 0xc3);
      const count = await readInto(offset, into);
      assert.equal(count, expected.subarray(offset, offset + length).length, name);
      assert.deepEqual(
        into,
        Buffer.concat([expected.subarray(offset, offset + length), Buffer.alloc(length - count, 0xc3)]),
      );
    }
  }
  for (const [, readPages] of both(reader, "readPages")) {
    assert.equal((await readPages(1, 0)).length, 0);
    for (const [first, count] of [
      [0, 1],
      [reader.pageCount + 1, 1],
      [reader.pageCount, 2],
      [1, reader.pageCount + 1],
    ])
      await assert.rejects(readPages(first, count), PageNumberError);
  }
});

test("a huge range asks for no more memory than the file has", async (t) => {
  const { reader, expected } = readerOf(t, "aes128gcm-512-small");
  for (const [, readAt] of both(reader, "readAt")) {
    assert.ok((await readAt(1, Number.MAX_SAFE_INTEGER)).equals(expected.subarray(1)));
  }
  for (const [, readPages] of both(reader, "readPages"))
    await assert.rejects(readPages(1, 4294967295), PageNumberError);
});

test("many may read at once", async (t) => {
  const { reader, expected } = readerOf(t, "aegis256-4096-walmixed");
  const ranges = Array.from({ length: 200 }, (_, i) => (i * 1777) % (reader.size - 5000));
  const texts = await Promise.all(ranges.map((offset) => reader.readAt(offset, 5000)));
  for (const [i, offset] of ranges.entries()) assert.ok(texts[i].equals(expected.subarray(offset, offset + 5000)));
});

test("a damaged page is not read", async (t) => {
  const { path, key } = copyOf(t);
  const content = readFileSync(path);
  content[4 * 4096 + 77] ^= 1;
  writeFileSync(path, content);
  const reader = await PageReader.open(path, key);
  const failed = { constructor: AuthenticationError, code: "authentication_failed", unit: "page", page: 5, first: 5 };
  for (const [, readAt] of both(reader, "readAt")) await assert.rejects(readAt(3 * 4096 + 10, 8192), failed);
  for (const [, readPages] of both(reader, "readPages")) await assert.rejects(readPages(4, 2), failed);
  for (const [, readInto] of both(reader, "readInto")) {
    const into = Buffer.alloc(8192, 0xc3);
    await assert.rejects(readInto(3 * 4096 + 10, into), failed);
    assert.ok(isZero(into));
  }
  assert.equal((await reader.readAt(3 * 4096, 4096)).length, 4096, "the page before");
  await assert.rejects(collect(reader.createReadStream()), failed);
  reader.close();
});

test("a change of the file is noticed", async (t) => {
  const { reader, path } = readerOf(t, "aegis256-4096-small");
  appendFileSync(path, "x");
  for (const [, checkUnchanged] of both(reader, "checkUnchanged"))
    await assert.rejects(checkUnchanged(), { constructor: LockedError, lockedBy: "change" });
});

test("a stream gives any part, both ends included as in fs", async (t) => {
  const { reader, expected, folder } = readerOf(t, "aegis256-4096-small");
  assert.ok((await collect(reader.createReadStream())).equals(expected));
  for (const [start, end] of [
    [0, 0],
    [1, 9000],
    [4096, 8191],
    [expected.length - 3, expected.length - 1],
    [5, Infinity],
    [expected.length - 2, expected.length + 5],
    [expected.length, undefined],
  ]) {
    const bytes = await collect(reader.createReadStream({ start, end }));
    assert.ok(
      bytes.equals(expected.subarray(start, end === undefined ? undefined : end + 1)),
      `${start} to ${end}: ${bytes.length}`,
    );
  }
  const copy = join(folder, "copy");
  const { createWriteStream } = await import("node:fs");
  await pipeline(reader.createReadStream({ highWaterMark: 1000 }), createWriteStream(copy));
  assert.ok(readFileSync(copy).equals(expected));
});

test("a stream that is destroyed, or whose reader is closed, ends", async (t) => {
  const { reader } = readerOf(t, "aegis256-65536-small");
  const stream = reader.createReadStream();
  stream.on("error", () => {});
  stream.once("data", () => stream.destroy());
  await new Promise((resolve) => stream.once("close", resolve));
  const signal = AbortSignal.abort();
  await assert.rejects(collect(reader.createReadStream({ signal })), (error) => error.name === "AbortError");
  const cut = reader.createReadStream({ highWaterMark: 4096 });
  const reading = collect(cut);
  cut.once("data", () => reader.close());
  await assert.rejects(reading, ClosedError);
});

test("a closed reader is refused, and what runs goes on", async (t) => {
  const { reader, expected } = readerOf(t, "aegis256-65536-small");
  const running = reader.readAt(0, reader.size);
  reader.close();
  reader.close();
  assert.ok((await running).equals(expected));
  for (const [name, ...parameters] of [
    ["readAt", 0, 1],
    ["readInto", 0, Buffer.alloc(1)],
    ["readPages", 1, 1],
    ["checkUnchanged"],
  ]) {
    for (const [, method] of both(reader, name))
      await assert.rejects(method(...parameters), { constructor: ClosedError, code: "closed" });
  }
});

test(
  "a reader is disposed of at the end of a block",
  { skip: Symbol.asyncDispose === undefined && "this Node has no Symbol.asyncDispose" },
  async (t) => {
    for (const symbol of [Symbol.dispose, Symbol.asyncDispose]) {
      const { reader } = readerOf(t, "aegis256-4096-small");
      await reader[symbol]();
      assert.throws(() => reader.readAtSync(0, 1), ClosedError);
    }
  },
);

test("a reader waits for another program's lock if it is asked to", { skip: lacksLocks }, async (t) => {
  const { path, key } = copyOf(t);
  const lock = await lockedByAnother(t, path);
  assert.throws(() => PageReader.openSync(path, key, { wait: 0 }), { constructor: LockedError, lockedBy: "writer" });
  const opening = PageReader.open(path, key, { wait: 600_000 });
  await lock.release();
  (await opening).close();
});

test("what is not there is not opened", async (t) => {
  const { folder, key } = copyOf(t);
  const missing = join(folder, "missing");
  await assert.rejects(PageReader.open(missing, key), {
    constructor: InputOutputError,
    path: missing,
    syscallCode: "ENOENT",
  });
  assert.throws(() => PageReader.openSync(missing, key), InputOutputError);
  assert.throws(() => new PageReader(missing, key), TypeError);
  const { reader } = readerOf(t);
  for (const [, readInto] of both(reader, "readInto")) assert.equal(await readInto(0, new Uint8Array(0)), 0);
});
