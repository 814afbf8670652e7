import assert from "node:assert/strict";
import { test } from "node:test";

import {
  AuthenticationError,
  BufferLengthError,
  CipherMismatchError,
  ClosedError,
  MAX_PAGE_NUMBER,
  MAX_PAGE_SIZE,
  MIN_PAGE_SIZE,
  InvalidArgumentError,
  MalformedError,
  OverlapError,
  PENDING_BYTE,
  PageCodec,
  PageNumberError,
  PageSizeError,
  TURSO_HEADER_LENGTH,
  UnsupportedFormatError,
  parseTursoHeader,
  pendingBytePage,
} from "libpagecrypt";

import { both, isZero, pieces, plainPages, testCodec, testKey } from "./pages.mjs";
import { TURSO_CIPHERS, parseVector, readVector, sampleKey, samples } from "./vectors.mjs";

const PAGE_SIZES = [512, 1024, 2048, 4096, 8192, 16384, 32768, 65536];

test("a codec tells its lengths", () => {
  for (const cipher of TURSO_CIPHERS) {
    const codec = testCodec(cipher, 512);
    assert.deepEqual(
      [codec.cipher, codec.engine, codec.format, codec.pageSize, codec.frameLength],
      [cipher, testKey(cipher).engine, "turso", 512, 536],
    );
  }
  assert.equal(testCodec("aes128gcm").reservedLength, 28);
  assert.equal(testCodec("aegis128l").reservedLength, 32);
  assert.equal(testCodec("aegis256").reservedLength, 48);
  assert.equal(new PageCodec(testKey()).pageSize, 4096);
});

test("Turso's pages open, and are sealed anew", () => {
  for (const { cipher, hexkey, page_no: number, page_size: pageSize, encrypted_page, plain_page } of parseVector(
    "turso/page_vectors.json",
  )) {
    const codec = new PageCodec(sampleKey({ hexkey, cipher }), { pageSize });
    const [sealed, plain] = [Buffer.from(encrypted_page, "hex"), Buffer.from(plain_page, "hex")];
    assert.deepEqual(codec.openPageSync(number, sealed), plain);
    assert.deepEqual(codec.openPageSync(number, codec.sealPageSync(number, plain)), plain);
  }
});

test("Turso's databases open page by page", () => {
  for (const sample of samples.filter((sample) => sample.files.length === 1)) {
    const codec = new PageCodec(sampleKey(sample), { pageSize: sample.page_size });
    const file = readVector(`turso/${sample.file}`);
    const opened = codec.openedPagesSync(1, file);
    assert.equal(opened.toString("latin1", 0, 16), "SQLite format 3\0", sample.name);
    assert.equal(opened.length, sample.page_count * sample.page_size);
  }
});

test("pages of every size come back in every form", async () => {
  for (const cipher of TURSO_CIPHERS) {
    for (const pageSize of PAGE_SIZES) {
      const codec = testCodec(cipher, pageSize);
      for (const first of [1, 2]) {
        const plain = plainPages(codec, 3, first);
        for (const suffix of ["", "Sync"]) {
          const buffer = Buffer.from(plain);
          assert.equal(await codec[`sealPages${suffix}`](first, buffer), undefined);
          assert.ok(!buffer.equals(plain));
          const sealed = Buffer.from(buffer);
          assert.equal(await codec[`openPages${suffix}`](first, buffer), undefined);
          assert.deepEqual(buffer, plain);

          const into = Buffer.alloc(plain.length);
          await codec[`openPagesInto${suffix}`](first, sealed, into);
          assert.deepEqual(into, plain);
          await codec[`sealPagesInto${suffix}`](first, plain, into);
          assert.deepEqual(await codec[`openedPages${suffix}`](first, into), plain);
          assert.deepEqual(
            await codec[`openedPages${suffix}`](first, await codec[`sealedPages${suffix}`](first, plain)),
            plain,
          );
          const page = plain.subarray(pageSize, 2 * pageSize);
          assert.deepEqual(
            await codec[`openPage${suffix}`](first + 1, await codec[`sealPage${suffix}`](first + 1, page)),
            page,
          );
        }
      }
    }
  }
});

test("each page gets a nonce of its own", async () => {
  const codec = testCodec("aegis128l", 512);
  const nonces = new Set();
  for (const [, sealedPages] of both(codec, "sealedPages")) {
    for (let round = 0; round < 2; round++) {
      for (const page of pieces(await sealedPages(2, Buffer.alloc(100 * 512)), 512))
        nonces.add(page.toString("hex", 512 - 16));
    }
  }
  assert.equal(nonces.size, 400);
});

test("a page that was changed is zeros, and the others are open", async () => {
  for (const cipher of TURSO_CIPHERS) {
    const codec = testCodec(cipher, 512);
    const plain = plainPages(codec, 10);
    const sealed = codec.sealedPagesSync(2, plain);
    sealed[3 * 512 + 5] ^= 1;
    sealed[9 * 512 + 511] ^= 1;
    const failed = {
      constructor: AuthenticationError,
      unit: "page",
      numbers: [5, 11],
      first: 5,
      count: 2,
      page: 5,
      frame: undefined,
      index: undefined,
    };
    const check = (opened) => {
      for (const [i, page] of [...pieces(opened, 512)].entries()) {
        assert.deepEqual(page, i === 3 || i === 9 ? Buffer.alloc(512) : plain.subarray(i * 512, (i + 1) * 512));
      }
    };
    for (const [, openPages] of both(codec, "openPages")) {
      const buffer = Buffer.from(sealed);
      await assert.rejects(openPages(2, buffer), failed);
      check(buffer);
    }
    for (const [, openPagesInto] of both(codec, "openPagesInto")) {
      const [from, into] = [Buffer.from(sealed), Buffer.alloc(sealed.length, 0xc3)];
      await assert.rejects(openPagesInto(2, from, into), failed);
      check(into);
      assert.deepEqual(from, sealed);
    }
    for (const [, openedPages] of both(codec, "openedPages")) await assert.rejects(openedPages(2, sealed), failed);
    for (const [, openPage] of both(codec, "openPage")) {
      await assert.rejects(openPage(5, sealed.subarray(3 * 512, 4 * 512)), {
        constructor: AuthenticationError,
        page: 5,
        numbers: [5],
      });
    }
  }
});

test("errors leave the buffer as it was", async () => {
  const codec = testCodec("aegis256", 512);
  const attempts = [
    ["sealPages", 2, 513, BufferLengthError],
    ["openPages", 2, 511, BufferLengthError],
    ["sealPages", 0, 512, PageNumberError],
    ["openPages", 0, 512, PageNumberError],
    ["sealPages", MAX_PAGE_NUMBER + 1, 512, PageNumberError],
    ["sealPages", MAX_PAGE_NUMBER, 1024, PageNumberError],
    ["sealPages", 2, 512, MalformedError], // the reserved bytes are not zero
    ["sealPages", 1, 512, MalformedError],
  ];
  for (const [name, first, length, constructor] of attempts) {
    for (const [form, method] of both(codec, name)) {
      const buffer = Buffer.alloc(length, 0xc3);
      await assert.rejects(method(first, buffer), { constructor }, `${form} ${first} ${length}`);
      assert.ok(
        buffer.every((byte) => byte === 0xc3),
        `${form} wrote`,
      );
    }
  }
  for (const [, sealPagesInto] of both(codec, "sealPagesInto")) {
    await assert.rejects(sealPagesInto(2, Buffer.alloc(1024), Buffer.alloc(512)), {
      constructor: BufferLengthError,
      expected: 1024,
      got: 512,
    });
  }
  for (const name of ["sealPage", "openPage"]) {
    for (const [, method] of both(codec, name)) {
      for (const length of [0, 511, 1024])
        await assert.rejects(method(2, Buffer.alloc(length)), {
          constructor: BufferLengthError,
          expected: 512,
          got: length,
        });
    }
  }
});

test("an empty run is nothing to do", async () => {
  const codec = testCodec();
  for (const name of ["sealPages", "openPages"])
    for (const [, method] of both(codec, name)) await method(2, Buffer.alloc(0));
  for (const name of ["sealedPages", "openedPages"]) {
    for (const [, method] of both(codec, name)) assert.equal((await method(2, new Uint8Array(0))).length, 0);
  }
});

test("source and destination are the same or apart", async () => {
  const codec = testCodec("aegis256", 512);
  const plain = plainPages(codec, 4);
  const memory = new Uint8Array(5 * 512);
  const [from, shifted, apart] = [memory.subarray(0, 1024), memory.subarray(512, 1536), memory.subarray(1024, 2048)];
  for (const suffix of ["", "Sync"]) {
    memory.set(plain);
    await assert.rejects(async () => codec[`sealPagesInto${suffix}`](2, from, shifted), {
      constructor: OverlapError,
      code: "overlap",
    });
    await assert.rejects(async () => codec[`openPagesInto${suffix}`](2, shifted, from), OverlapError);
    assert.deepEqual(Buffer.from(memory.subarray(0, 2048)), plain);
    await codec[`sealPagesInto${suffix}`](2, from, apart);
    await codec[`openPagesInto${suffix}`](2, apart, from);
    assert.deepEqual(Buffer.from(from), plain.subarray(0, 1024));
    await codec[`sealPagesInto${suffix}`](2, from, from);
    await codec[`openPagesInto${suffix}`](2, from, from);
    assert.deepEqual(Buffer.from(from), plain.subarray(0, 1024));
  }
});

test("the page of the pending byte is zeros, sealed or a hole", () => {
  assert.deepEqual([PENDING_BYTE, MIN_PAGE_SIZE, MAX_PAGE_SIZE], [2 ** 30, PAGE_SIZES[0], PAGE_SIZES.at(-1)]);
  for (const pageSize of PAGE_SIZES) assert.equal(pendingBytePage(pageSize), 2 ** 30 / pageSize + 1);
  for (const size of [0, 1, 511, 1000, 131072, 2 ** 32 + 512])
    assert.throws(() => pendingBytePage(size), { constructor: PageSizeError, got: size });
  const codec = testCodec("aegis256", 4096);
  const number = pendingBytePage(4096);
  assert.ok(isZero(codec.openPageSync(number, Buffer.alloc(4096))));
  assert.ok(isZero(codec.openPageSync(number, codec.sealPageSync(number, Buffer.alloc(4096)))));
});

test("the header of an encrypted file is read", () => {
  for (const sample of samples) {
    const header = parseTursoHeader(readVector(`turso/${sample.file}`).subarray(0, TURSO_HEADER_LENGTH));
    assert.deepEqual(
      { ...header },
      { version: 0, cipher: sample.cipher, pageSize: sample.page_size, reservedLength: sample.reserved_bytes },
    );
    assert.ok(Object.isFrozen(header));
  }
});

test("another cipher's page 1 says which it was", async () => {
  const codec = new PageCodec(testKey("aegis256"));
  const page = readVector("turso/aegis256x2-4096-small.db").subarray(0, 4096);
  for (const [, openPage] of both(codec, "openPage")) {
    await assert.rejects(openPage(1, page), {
      constructor: CipherMismatchError,
      expected: "aegis256",
      got: "aegis256x2",
    });
  }
});

test("a codec is of a size, a format and a cipher that there are", () => {
  for (const pageSize of [0, 1, 256, 511, 513, 4095, 131072])
    assert.throws(() => new PageCodec(testKey(), { pageSize }), { constructor: PageSizeError, got: pageSize });
  assert.throws(() => testCodec("chacha20poly1305"), {
    constructor: UnsupportedFormatError,
    message: /chacha20poly1305/,
  });
  assert.throws(() => new PageCodec(testKey(), { format: "s2" }), {
    constructor: InvalidArgumentError,
  });
});

test("a codec holds its key until it is closed, and running work goes on", async () => {
  const key = testKey();
  const codec = new PageCodec(key);
  key.close();
  const buffer = new Uint8Array(256 * 4096);
  const running = codec.sealPages(2, buffer);
  codec.close();
  codec.close();
  await running;
  for (const [, sealPages] of both(codec, "sealPages")) await assert.rejects(sealPages(2, buffer), ClosedError);
  const other = testCodec();
  other.openPagesSync(2, buffer);
  assert.ok(isZero(buffer));
});

test("an aborted signal stops the work before it starts", async () => {
  const codec = testCodec();
  const signal = AbortSignal.abort();
  const buffer = Buffer.alloc(4096);
  for (const attempt of [
    () => codec.sealPages(2, buffer, { signal }),
    () => codec.openPages(2, buffer, { signal }),
    () => codec.sealPagesInto(2, buffer, Buffer.alloc(4096), { signal }),
    () => codec.openPagesInto(2, buffer, Buffer.alloc(4096), { signal }),
    () => codec.sealPage(2, buffer, { signal }),
    () => codec.openPage(2, buffer, { signal }),
    () => codec.sealedPages(2, buffer, { signal }),
    () => codec.openedPages(2, buffer, { signal }),
    () => codec.openFrames(1, Buffer.alloc(codec.frameLength), { signal }),
    () => codec.openFramesInto(1, Buffer.alloc(codec.frameLength), Buffer.alloc(codec.frameLength), { signal }),
  ]) {
    await assert.rejects(attempt(), (error) => error === signal.reason && error.name === "AbortError");
  }
  assert.ok(isZero(buffer));
});
