// Stores: entries, tokens and padding.

import assert from "node:assert/strict";
import { test } from "node:test";
import { inspect } from "node:util";

import {
  AuthenticationError,
  ClosedError,
  InvalidArgumentError,
  KeyLengthError,
  StoreCodec,
  TokenKey,
  UnknownKeyIdError,
  compareWrites,
  generateKey,
  parseRecordHeader,
} from "libpagecrypt";

import { testKey } from "./pages.mjs";

const id = Buffer.alloc(16, 3);
const secret = Buffer.alloc(32, 4);
const codecOf = (options, cipher) =>
  new StoreCodec(testKey(cipher), { id, tokenKey: TokenKey.fromBytes(secret), padding: "padme", ...options });
const entries = Array.from({ length: 70 }, (_, i) => ({
  path: `notes/${i}`,
  type: "note",
  schema: Buffer.from("1"),
  body: Buffer.alloc(37 * i, i),
  clock: i % 2 === 0 ? 1000 + i : undefined,
}));
const opened = ({ path, type, schema, body, clock }) => ({
  path: Buffer.from(path),
  type: Buffer.from(type),
  schema,
  body,
  clock: clock === undefined ? null : BigInt(clock),
});

test("entries open to what was sealed, in every form", async () => {
  const codec = codecOf();
  for (const suffix of ["", "Sync"]) {
    const rows = await codec[`sealBatch${suffix}`](entries);
    assert.deepEqual(await codec[`openBatch${suffix}`](rows), entries.map(opened));
    for (const [i, { token, record }] of rows.slice(0, 5).entries()) {
      assert.deepEqual(token, codec.token(entries[i].path));
      assert.deepEqual(await codec[`open${suffix}`](token, record), opened(entries[i]));
    }
    const row = await codec[`seal${suffix}`](entries[9]);
    assert.deepEqual(await codec[`open${suffix}`](row.token, row.record), opened(entries[9]));
  }
});

test("a record under another path, of another store or changed anywhere does not open", async () => {
  const codec = codecOf();
  const [one, other] = codec.sealBatchSync(entries.slice(1, 3));
  await assert.rejects(codec.open(other.token, one.record), AuthenticationError);
  assert.throws(() => codecOf({ id: Buffer.alloc(16, 5) }).openSync(one.token, one.record), UnknownKeyIdError);
  const otherTokens = codecOf({ tokenKey: TokenKey.generate() });
  assert.throws(() => otherTokens.openSync(one.token, one.record), AuthenticationError);
  for (let i = 0; i < one.record.length; i++) {
    const forged = Buffer.from(one.record);
    forged[i] ^= 1;
    assert.throws(() => codec.openSync(one.token, forged), { name: /Error$/ }, `byte ${i}`);
  }
});

test("with partial, an entry that does not open has its error in its place", async () => {
  const codec = codecOf();
  const rows = codec.sealBatchSync(entries);
  rows[3].record[rows[3].record.length - 1] ^= 1;
  rows[5].token = rows[6].token;
  rows[8].record = codecOf({ id: Buffer.alloc(16, 5) }).sealSync(entries[8]).record;
  for (const suffix of ["", "Sync"]) {
    await assert.rejects(
      async () => codec[`openBatch${suffix}`](rows),
      (error) => {
        assert.ok(error instanceof AuthenticationError);
        assert.deepEqual(error.numbers, [3, 5]);
        return true;
      },
    );
    const outcomes = await codec[`openBatch${suffix}`](rows, { partial: true });
    const failed = [...outcomes.entries()].filter(([, outcome]) => outcome instanceof Error);
    assert.deepEqual(
      failed.map(([i, error]) => [i, error.code]),
      [
        [3, "authentication_failed"],
        [5, "authentication_failed"],
        [8, "unknown_key_id"],
      ],
    );
    assert.deepEqual(outcomes[7], opened(entries[7]));
  }
});

test("after a rotation, entries are sealed again under the same token", async () => {
  const before = codecOf({}, "aes256gcm");
  const { token, record } = before.sealSync(entries[4]);
  const key = generateKey("aegis256", { kind: "store", id }, [before.keyId]);
  const codec = new StoreCodec(key, { id, tokenKey: TokenKey.fromBytes(secret) }).withDecryptOnlyKey(
    testKey("aes256gcm"),
  );
  assert.deepEqual(codec.openSync(token, record), opened(entries[4]));
  assert.equal(codec.needsReseal(record), true);
  for (const resealed of [codec.resealSync(token, record), await codec.reseal(token, record)]) {
    assert.equal(codec.needsReseal(resealed), false);
    assert.deepEqual(codec.openSync(token, resealed), opened(entries[4]));
    assert.equal(parseRecordHeader(resealed).reseals, 1);
    assert.equal(compareWrites(resealed, record), 1);
  }
  assert.throws(() => codec.resealSync(codec.token("elsewhere"), record), AuthenticationError);
});

test("padding hides lengths within a class", () => {
  const lengths = (padding) =>
    new Set(
      [100, 101, 102].map(
        (length) => codecOf({ padding }).sealSync({ ...entries[0], body: Buffer.alloc(length) }).record.length,
      ),
    );
  assert.equal(lengths("none").size, 3);
  assert.ok(lengths("padme").size < 3);
  assert.throws(() => codecOf({ padding: "much" }), InvalidArgumentError);
  const { token, record } = codecOf({ padding: "none" }).sealSync(entries[3]);
  assert.deepEqual(codecOf({ padding: "padme" }).openSync(token, record), opened(entries[3]));
});

test("a token key comes back from its bytes, and is not shown", () => {
  const key = TokenKey.fromBytes(secret);
  assert.deepEqual(key.toBytes(), secret);
  assert.ok(key.equals(TokenKey.fromBytes(secret)) && !key.equals(TokenKey.generate()));
  assert.deepEqual(key.token("notes/1"), key.token(Buffer.from("notes/1")));
  assert.equal(key.token("").length, 32);
  assert.deepEqual([String(key), JSON.stringify(key), inspect(key)], ["TokenKey", '"TokenKey"', "TokenKey"]);
  assert.throws(() => TokenKey.fromBytes(Buffer.alloc(31)), { constructor: KeyLengthError, expected: 32, got: 31 });
  assert.throws(() => new TokenKey(), { code: "ERR_ILLEGAL_CONSTRUCTOR" });
  const codec = codecOf({ tokenKey: key });
  key.close();
  assert.throws(() => key.toBytes(), ClosedError);
  assert.equal(codec.token("notes/1").length, 32, "the codec holds it");
});
