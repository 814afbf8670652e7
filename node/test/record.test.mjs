// Records: what opens, what does not, and rotation. Streams have a file of their own.

import assert from "node:assert/strict";
import { test } from "node:test";
import { inspect } from "node:util";

import {
  AuthenticationError,
  BufferLengthError,
  InvalidArgumentError,
  MalformedError,
  PagecryptError,
  RecordCodec,
  UnknownKeyIdError,
  UnsupportedFormatError,
  compareWrites,
  generateKey,
  keyId,
  parseRecordHeader,
  recordOverhead,
  s2,
} from "libpagecrypt";

import { testKey } from "./pages.mjs";
import { CIPHERS } from "./vectors.mjs";

const stream = (byte = 1) => ({ kind: "stream", id: Buffer.alloc(32, byte) });
const store = (byte = 3) => ({ kind: "store", id: Buffer.alloc(16, byte) });
const writer = (byte = 2) => ({ kind: "writer", id: Buffer.alloc(32, 1), writer: Buffer.alloc(16, byte) });
const text = Buffer.from("ten words about a record");
const boundCodec = (cipher = "aegis256", context = stream()) => RecordCodec.bound(testKey(cipher), context);
const s2Codec = (cipher = "aegis256", name = "audit-log") =>
  RecordCodec.s2(testKey(cipher), s2.streamId("secure-events", name));
const envelope = s2.encodeEnvelope({ headers: [{ name: "k", value: "v" }], body: text });

/** Every form of an operation: its outcome each time. */
const forms = (codec, method, ...parameters) => [
  async () => codec[`${method}Sync`](...parameters),
  () => codec[method](...parameters),
];

for (const cipher of CIPHERS) {
  test(`a record opens at its place only (bound, ${cipher})`, async () => {
    for (const context of [stream(), writer()]) {
      const codec = boundCodec(cipher, context);
      for (const place of [{}, { sequence: 7 }, { sequence: 2n ** 63n, clock: 5n }, { clock: 2n ** 64n - 1n }]) {
        for (const seal of forms(codec, "seal", text, place)) {
          const record = await seal();
          assert.equal(record.length, codec.sealedLength(text.length, place));
          assert.equal(codec.openedLength(record), text.length);
          for (const open of forms(codec, "open", record, place)) assert.deepEqual(await open(), text);
          for (const open of forms(codec, "open", record, { ...place, sequence: 8 })) {
            await assert.rejects(open(), AuthenticationError);
          }
        }
      }
    }
  });
}

for (const cipher of ["aegis256", "aes256gcm"]) {
  test(`an envelope is sealed and opened (s2, ${cipher})`, async () => {
    const codec = s2Codec(cipher);
    for (const seal of forms(codec, "seal", envelope, { sequence: 9 })) {
      const record = await seal();
      assert.equal(record.length, envelope.length + recordOverhead(cipher, "s2"));
      for (const open of forms(codec, "open", record)) assert.deepEqual(await open(), envelope);
      await assert.rejects(s2Codec(cipher, "another").open(record), AuthenticationError);
      for (const open of forms(codec, "open", record, { sequence: 9 }))
        await assert.rejects(open(), InvalidArgumentError);
    }
    assert.deepEqual([codec.format, codec.keyId, codec.cipher], ["s2", null, cipher]);
  });
}

test("a record that was changed in any byte does not open", async () => {
  const codecs = [
    [boundCodec("aegis256"), { sequence: 3, clock: 4 }, text],
    [boundCodec("chacha20poly1305"), { sequence: 3, clock: 4 }, text],
    [boundCodec("aes128gcm", store()), { token: Buffer.alloc(32, 9) }, text],
    [s2Codec("aegis256"), {}, envelope],
    [s2Codec("aes256gcm"), {}, envelope],
  ];
  for (const [codec, place, plaintext] of codecs) {
    const record = codec.sealSync(plaintext, place);
    for (let i = 0; i < record.length; i++) {
      for (const bit of [1, 0x80]) {
        const forged = Buffer.from(record);
        forged[i] ^= bit;
        assert.throws(() => codec.openSync(forged, place), PagecryptError, `${codec.format}: byte ${i}`);
      }
    }
    for (let length = 0; length < record.length; length++) {
      await assert.rejects(codec.open(record.subarray(0, length), place), PagecryptError, `cut to ${length}`);
    }
    assert.deepEqual(await codec.open(record, place), plaintext);
  }
});

test("a record of another context does not open", async () => {
  const token = Buffer.alloc(32, 9);
  const record = boundCodec("aegis256", stream(1)).sealSync(text);
  await assert.rejects(boundCodec("aegis256", stream(9)).open(record), UnknownKeyIdError);
  await assert.rejects(boundCodec("aegis256", writer(2)).open(record), AuthenticationError, "the key is the stream's");
  const written = boundCodec("aegis256", writer(2)).sealSync(text);
  await assert.rejects(boundCodec("aegis256", writer(3)).open(written), AuthenticationError);
  const kept = boundCodec("aegis256", store()).sealSync(text, { token });
  await assert.rejects(boundCodec("aegis256", store(4)).open(kept, { token }), UnknownKeyIdError);
  await assert.rejects(boundCodec("aegis256", store()).open(kept, { token: Buffer.alloc(32, 8) }), AuthenticationError);
  await assert.rejects(boundCodec("aes256gcm", stream(1)).open(record), { code: "cipher_mismatch", got: "aegis256" });
});

test("an unknown key id has an error of its own, with its number", () => {
  const record = boundCodec("aegis256", stream(1)).sealSync(text);
  assert.throws(
    () => boundCodec("aegis256", stream(9)).openSync(record),
    (error) => {
      assert.deepEqual([error.constructor, error.name], [UnknownKeyIdError, "UnknownKeyIdError"]);
      assert.deepEqual([error.code, error.number, error.exitCode], ["unknown_key_id", 8, 3]);
      return true;
    },
  );
});

test("after a rotation, old records open, say that they wait, and are sealed again", async () => {
  const context = stream();
  const old = testKey("aes256gcm");
  const before = RecordCodec.bound(old, context);
  const record = before.sealSync(text, { sequence: 1, clock: 10 });
  const key = generateKey("aegis256", context, [keyId(old, context)]);
  const fresh = RecordCodec.bound(key, context);
  assert.deepEqual(fresh.keyId, keyId(key, context));
  assert.notDeepEqual(fresh.keyId, before.keyId);
  assert.throws(() => fresh.openSync(record, { sequence: 1 }), { code: "cipher_mismatch" });

  const codec = fresh.withDecryptOnlyKey(old);
  fresh.close();
  assert.deepEqual(codec.openSync(record, { sequence: 1 }), text);
  assert.equal(codec.needsReseal(record), true);
  for (const reseal of forms(codec, "reseal", record, { sequence: 1 })) {
    const resealed = await reseal();
    assert.equal(codec.needsReseal(resealed), false);
    assert.deepEqual(await codec.open(resealed, { sequence: 1 }), text);
    const { clock, reseals, cipher } = parseRecordHeader(resealed);
    assert.deepEqual([clock, reseals, cipher], [10n, 1, "aegis256"]);
    assert.equal(compareWrites(resealed, record), 1);
    assert.equal(compareWrites(record, resealed), -1);
    assert.equal(compareWrites(record, Buffer.from(record)), 0);
    assert.equal(compareWrites(resealed, codec.sealSync(text, { sequence: 1, clock: 11 })), -1, "a later write wins");
  }
  for (const seal of forms(codec, "sealBatch", [text], { sequences: [1], clocks: [10], reseals: [1] })) {
    const [resealed] = await seal();
    assert.equal(parseRecordHeader(resealed).reseals, 1);
    assert.equal(compareWrites(resealed, record), 1, "many are sealed again like one");
  }
  await assert.rejects(codec.reseal(record, { sequence: 2 }), AuthenticationError);
  assert.throws(() => s2Codec().withDecryptOnlyKey(old), InvalidArgumentError);
  assert.throws(() => s2Codec().resealSync(s2Codec().sealSync(envelope)), InvalidArgumentError);
});

test("a batch opens as its records do", async () => {
  const codec = boundCodec();
  const texts = Array.from({ length: 150 }, (_, i) => Buffer.alloc(37 * (i % 70), i));
  const places = {
    sequences: texts.map((_, i) => (i % 2 === 0 ? i : BigInt(i))),
    clocks: texts.map((_, i) => (i % 3 === 0 ? i : undefined)),
  };
  for (const seal of forms(codec, "sealBatch", texts, places)) {
    const records = await seal();
    for (const [i, record] of records.entries()) {
      assert.deepEqual(codec.openSync(record, { sequence: i }), texts[i]);
      assert.equal(parseRecordHeader(record).clock, i % 3 === 0 ? BigInt(i) : null);
    }
    for (const open of forms(codec, "openBatch", records, { sequences: places.sequences })) {
      assert.deepEqual(await open(), texts);
    }
    records[70][records[70].length - 1] ^= 1;
    records[149][20] ^= 1;
    records[100] = boundCodec("aegis256", stream(9)).sealSync(text);
    records[101] = Buffer.from("no record");
    for (const open of forms(codec, "openBatch", records, { sequences: places.sequences })) {
      await assert.rejects(open(), (error) => {
        assert.ok(error instanceof AuthenticationError);
        assert.deepEqual([error.unit, error.index, error.numbers], ["message", 70, [70, 149]]);
        return true;
      });
    }
    for (const open of forms(codec, "openBatch", records, { sequences: places.sequences, partial: true })) {
      const opened = await open();
      const failed = Object.fromEntries([...opened.entries()].filter(([, outcome]) => outcome instanceof Error));
      assert.deepEqual(Object.keys(failed), ["70", "100", "101", "149"]);
      assert.ok(failed[70] instanceof AuthenticationError && failed[70].index === 70);
      assert.ok(failed[100] instanceof UnknownKeyIdError);
      assert.ok(failed[101] instanceof UnsupportedFormatError || failed[101] instanceof MalformedError);
      for (const [i, outcome] of opened.entries()) if (!(i in failed)) assert.deepEqual(outcome, texts[i]);
    }
  }
  assert.deepEqual([codec.sealBatchSync([]), await codec.openBatch([])], [[], []]);
});

test("places that a format cannot bind are refused by name", () => {
  const token = Buffer.alloc(32);
  const refused = [
    () => s2Codec().sealSync(envelope, { clock: 1 }),
    () => s2Codec().sealSync(envelope, { token }),
    () => boundCodec().sealSync(text, { token }),
    () => boundCodec("aegis256", store()).sealSync(text),
    () => boundCodec().sealSync(text, { sequence: 2n ** 64n - 1n }),
    () => boundCodec().sealSync(text, { reseals: 1 }),
  ];
  for (const attempt of refused) assert.throws(attempt, InvalidArgumentError);
  assert.throws(() => boundCodec().sealSync(text, { token: Buffer.alloc(31) }), { expected: 32, got: 31 });
  assert.throws(() => boundCodec().sealBatchSync([text], { tokens: [Buffer.alloc(33)] }), BufferLengthError);
  assert.throws(() => boundCodec().sealBatchSync([text], { sequences: [1, 2] }), { code: "ERR_INVALID_ARG_VALUE" });
  assert.throws(() => s2Codec("aes256gcm").sealSync(envelope, { sequence: 2 ** 32 }), { code: "usage_limit" });
  assert.throws(() => s2Codec().sealSync(Buffer.from([0xff])), MalformedError);
  assert.throws(() => RecordCodec.s2(testKey("aegis128l"), Buffer.alloc(32)), UnsupportedFormatError);
  assert.throws(() => RecordCodec.s2(testKey(), Buffer.alloc(31)), { constructor: BufferLengthError, got: 31 });
  assert.throws(() => new RecordCodec(), { code: "ERR_ILLEGAL_CONSTRUCTOR" });
});

test("overhead is told for each cipher that a format has", () => {
  for (const cipher of CIPHERS) {
    const record = boundCodec(cipher).sealSync(text);
    assert.equal(record.length - text.length, recordOverhead(cipher, "bound"));
    const inS2 = ["aegis256", "aes256gcm"].includes(cipher);
    assert.equal(recordOverhead(cipher, "s2") === null, !inS2, cipher);
  }
  assert.throws(() => recordOverhead("aegis256", "turso"), InvalidArgumentError);
});

test("what a record says in clear can be read, and is frozen", () => {
  const header = parseRecordHeader(boundCodec().sealSync(text, { clock: 2n ** 60n, reseals: 3 }));
  assert.deepEqual(header, {
    cipher: "aegis256",
    keyId: keyId(testKey(), stream()),
    clock: 2n ** 60n,
    reseals: 3,
    plaintextLength: text.length,
  });
  assert.ok(Object.isFrozen(header));
  assert.throws(() => parseRecordHeader(Buffer.alloc(3)), UnsupportedFormatError);
  assert.throws(() => parseRecordHeader(Buffer.from([1, 1])), MalformedError);
});

test("a codec shows neither key nor plaintext", () => {
  const shown = inspect(boundCodec(), { showHidden: true, depth: 9 });
  assert.ok(!shown.includes(testKey().toText("hex")) && !shown.includes("00 01 02 03"), shown);
});
