// S2's records beyond its own samples, which record_vectors.test.mjs has.

import assert from "node:assert/strict";
import { test } from "node:test";

import * as pagecrypt from "libpagecrypt";
import {
  InvalidArgumentError,
  Key,
  KeyLengthError,
  KeyRequiredError,
  KeyTextError,
  MeteredSizeError,
  NotEncryptedError,
  RecordCodec,
  UnsupportedFormatError,
  codes,
  s2,
} from "libpagecrypt";

import { testKey } from "./pages.mjs";

const codec = RecordCodec.s2(testKey(), s2.streamId("basin", "stream"));
const envelope = { headers: [{ name: "k", value: "v" }], body: "top secret" };
const encrypted = (meteredSize = s2.meteredSize(envelope)) =>
  s2.encodeStored({ kind: "encrypted", meteredSize, record: codec.sealSync(s2.encodeEnvelope(envelope)) });

test("keys are read as S2 reads them", () => {
  const text = testKey().toText();
  for (const value of [text, ` ${text}\n`, Buffer.from(text)]) {
    assert.ok(s2.keyFromHeader(value, "aegis256").equals(testKey()));
  }
  for (const value of [undefined, null]) assert.throws(() => s2.keyFromHeader(value, "aegis256"), KeyRequiredError);
  assert.throws(() => s2.keyFromHeader("", "aegis256"), { constructor: KeyTextError, got: 0 });
  assert.throws(() => s2.keyFromHeader(testKey().toText("hex"), "aegis256"), KeyTextError);
  assert.throws(() => s2.keyFromHeader("?".repeat(44), "aegis256"), KeyTextError);
  assert.throws(() => s2.keyFromHeader(Uint8Array.of(0xff), "aegis256"), KeyTextError);
  assert.throws(() => s2.keyFromHeader(Buffer.alloc(31).toString("base64"), "aegis256"), {
    constructor: KeyLengthError,
    expected: 32,
    got: 31,
  });
  assert.throws(() => s2.keyFromHeader(text, "aegis128l"), UnsupportedFormatError);
  assert.throws(() => s2.keyFromHeader(7, "aegis256"), { code: "ERR_INVALID_ARG_TYPE" });
});

test("names that would share an id are refused", () => {
  assert.throws(() => s2.streamId("basin\0name", "stream"), InvalidArgumentError);
  assert.throws(() => s2.streamId("basin", "\0"), InvalidArgumentError);
  assert.throws(() => s2.streamId("basin", "\ud800"), { code: "ERR_INVALID_ARG_VALUE" });
  assert.throws(() => s2.streamId("basin"), { code: "ERR_INVALID_ARG_TYPE" });
});

test("an envelope in clear is refused, and a command passes", async () => {
  const plain = s2.encodeStored({ kind: "plaintext", ...envelope });
  assert.equal(s2.decodeStored(plain).body.toString(), "top secret");
  await assert.rejects(s2.openStored(codec, plain), NotEncryptedError);
  const fence = s2.encodeStored({ kind: "fence", token: "token" });
  assert.deepEqual(await s2.openStored(codec, fence), { kind: "fence", meteredSize: 20, token: "token" });
  const trim = s2.encodeStored({ kind: "trim", point: 2n ** 64n - 1n });
  assert.equal((await s2.openStored(codec, trim)).point, 2n ** 64n - 1n);
});

test("a size that is not the envelope's is told after opening", () => {
  const actual = s2.meteredSize(envelope);
  assert.throws(
    () => s2.openStoredSync(codec, encrypted(actual + 1)),
    (error) => {
      assert.ok(error instanceof MeteredSizeError);
      assert.deepEqual([error.stored, error.actual, error.number], [actual + 1, actual, 18]);
      return true;
    },
  );
});

test("what S2 does not take is refused", () => {
  assert.throws(
    () => s2.encodeStored({ kind: "fence", token: "x".repeat(s2.MAX_FENCING_TOKEN_LENGTH + 1) }),
    InvalidArgumentError,
  );
  s2.encodeStored({ kind: "fence", token: "x".repeat(s2.MAX_FENCING_TOKEN_LENGTH) });
  const room = s2.MAX_METERED_SIZE - 8;
  assert.equal(s2.meteredSize({ body: Buffer.alloc(room) }), s2.MAX_METERED_SIZE);
  s2.encodeEnvelope({ body: Buffer.alloc(room) });
  assert.throws(() => s2.encodeEnvelope({ body: Buffer.alloc(room + 1) }), InvalidArgumentError);
  assert.throws(() => s2.encodeEnvelope({ headers: [{ name: "", value: "trim" }] }), InvalidArgumentError);
  assert.throws(() => encrypted(s2.MAX_METERED_SIZE + 1), InvalidArgumentError);
  const bound = RecordCodec.bound(testKey(), { kind: "stream", id: Buffer.alloc(32) });
  assert.throws(() => s2.openStoredSync(bound, encrypted()), InvalidArgumentError);
  const gcm = RecordCodec.s2(testKey("aes256gcm"), s2.streamId("a", "b"));
  gcm.sealSync(s2.encodeEnvelope(envelope), { sequence: s2.MAX_AES256GCM_SEQUENCE });
  assert.throws(() => gcm.sealSync(s2.encodeEnvelope(envelope), { sequence: s2.MAX_AES256GCM_SEQUENCE + 1 }), {
    code: "usage_limit",
  });
});

test("arguments of other types are refused", async () => {
  const wrong = [undefined, null, 7, "text", Symbol("s"), [], {}, () => {}];
  for (const value of wrong) {
    const isType = { code: /^ERR_INVALID_ARG_/ };
    for (const attempt of [
      () => s2.decodeEnvelope(value),
      () => s2.decodeStored(value),
      () => s2.encodeStored(value),
      () => s2.openStoredSync(value, encrypted()),
      () => s2.openStoredSync(codec, value),
      () => s2.encodeStored({ kind: "fence", token: typeof value === "string" ? 7 : value }),
      () => s2.encodeStored({ kind: "trim", point: value === 7 ? "7" : value }),
      () => s2.encodeStored({ kind: "encrypted", record: value, meteredSize: 8 }),
      () => s2.encodeEnvelope({ headers: [value] }),
      () => s2.answer(value),
    ]) {
      assert.throws(attempt, isType, String(attempt));
    }
    await assert.rejects(s2.openStored(value, encrypted()), isType);
  }
  await assert.rejects(s2.openStored(codec, encrypted(), { signal: AbortSignal.abort() }), { name: "AbortError" });
});

test("what S2 answers is known for the errors that its requests have", () => {
  const answerTo = (code) => s2.answer(Object.assign(new pagecrypt.PagecryptError("a message", { code })));
  const invalid = { http: 422, code: "invalid" };
  assert.deepEqual(answerTo("key_required"), { documented: invalid, lite: { http: 400, code: "bad_header" } });
  const failed = { http: 400, code: "decryption_failed" };
  assert.deepEqual(answerTo("authentication_failed"), { documented: failed, lite: failed });
  assert.deepEqual(answerTo("metered_size"), { documented: null, lite: { http: 500, code: "storage" } });
  assert.deepEqual(answerTo("usage_limit"), { documented: invalid, lite: invalid });
  const answered = codes.filter(({ name }) => answerTo(name) !== null).map(({ name }) => name);
  assert.deepEqual(answered.sort(), [
    "authentication_failed",
    "cipher_mismatch",
    "invalid_argument",
    "key_length",
    "key_required",
    "key_text",
    "malformed",
    "metered_size",
    "not_encrypted",
    "unsupported_format",
    "usage_limit",
  ]);
  assert.equal(answerTo("closed"), null);
});

test("a key is no longer needed once a codec has it", () => {
  const key = Key.generate("aes256gcm");
  const records = RecordCodec.s2(key, s2.streamId("a", "b"));
  key.close();
  const sealed = records.sealSync(s2.encodeEnvelope(envelope));
  assert.equal(s2.decodeEnvelope(records.openSync(sealed)).headers[0].value.toString(), "v");
});
