// Records that others made: of the format bound, by another implementation; of S2's, by S2 itself.

import assert from "node:assert/strict";
import { test } from "node:test";

import { Key, MalformedError, RecordCodec, StoreCodec, TokenKey, keyId, parseRecordHeader, s2 } from "libpagecrypt";

import { parseVector } from "./vectors.mjs";

const hex = (text) => Buffer.from(text, "hex");
const long = (text) => (text === null ? undefined : BigInt(text));
const contextOf = ({ kind, stream, store, writer }) => ({
  kind,
  id: hex(stream ?? store),
  ...(writer !== undefined && writer !== null && { writer: hex(writer) }),
});

test("bound records of another implementation open to what they must hold", async () => {
  const { records } = parseVector("records.json");
  assert.ok(records.length > 100);
  for (const row of records) {
    const key = Key.fromBytes(hex(row.key), row.cipher);
    const context = contextOf(row.context);
    const codec = RecordCodec.bound(key, context);
    const place = {
      sequence: long(row.sequence),
      token: row.token === null ? undefined : hex(row.token),
    };
    const record = hex(row.record);
    for (const opened of [codec.openSync(record, place), await codec.open(record, place)]) {
      assert.deepEqual(opened, hex(row.plaintext));
    }
    assert.deepEqual(codec.keyId, hex(row.key_id));
    assert.deepEqual(keyId(key, context), hex(row.key_id));
    assert.deepEqual(parseRecordHeader(record), {
      cipher: row.cipher,
      keyId: hex(row.key_id),
      clock: long(row.clock) ?? null,
      reseals: row.reseals,
      plaintextLength: row.plaintext.length / 2,
    });
    assert.equal(
      codec.sealedLength(row.plaintext.length / 2, { clock: long(row.clock), reseals: row.reseals }),
      record.length,
    );
  }
});

test("entries of another implementation open to what they must hold", async () => {
  const { entries } = parseVector("records.json");
  assert.ok(entries.length > 30);
  for (const row of entries) {
    const options = {
      id: hex(row.context.store),
      tokenKey: TokenKey.fromBytes(hex(row.token_key)),
      padding: row.padding,
    };
    const codec = new StoreCodec(Key.fromBytes(hex(row.key), row.cipher), options);
    const [token, record] = [hex(row.token), hex(row.record)];
    assert.deepEqual(codec.token(hex(row.path)), token);
    for (const opened of [codec.openSync(token, record), await codec.open(token, record)]) {
      assert.deepEqual(opened, {
        path: hex(row.path),
        type: hex(row.type),
        schema: hex(row.schema),
        body: hex(row.body),
        clock: long(row.clock) ?? null,
      });
      const again = codec.sealSync({ ...opened, clock: opened.clock });
      assert.deepEqual([again.token, again.record.length], [token, record.length - (row.reseals > 0 ? 4 : 0)]);
    }
  }
});

test("records of S2 open, and are framed as S2 does", async () => {
  const { records, command_records: commands } = parseVector("s2/records.json");
  for (const row of records) {
    const key = s2.keyFromHeader(row.key_base64, row.cipher);
    assert.deepEqual(key.toBytes(), hex(row.key_hex));
    const streamId = s2.streamId(row.basin, row.stream);
    assert.deepEqual(streamId, hex(row.aad_hex));
    const codec = RecordCodec.s2(key, streamId);
    const stored = hex(row.stored_hex);
    const headers = row.headers_hex.map(([name, value]) => ({ name: hex(name), value: hex(value) }));
    const envelope = { headers, body: hex(row.body_hex) };
    assert.deepEqual(s2.encodeEnvelope(envelope), hex(row.envelope_hex), row.id);
    assert.deepEqual(s2.decodeEnvelope(hex(row.envelope_hex)), envelope, row.id);
    assert.equal(s2.meteredSize(envelope), row.metered_size);
    const encrypted = { kind: "encrypted", meteredSize: row.metered_size, record: hex(row.encrypted_hex) };
    assert.deepEqual(s2.decodeStored(stored), encrypted, row.id);
    assert.deepEqual(s2.encodeStored(encrypted), stored, row.id);
    assert.deepEqual(codec.openSync(encrypted.record), hex(row.envelope_hex), row.id);
    for (const opened of [s2.openStoredSync(codec, stored), await s2.openStored(codec, stored)]) {
      assert.deepEqual(opened, { kind: "plaintext", meteredSize: row.metered_size, ...envelope }, row.id);
    }
    for (const meteredSize of [row.metered_size - 1, row.metered_size + 1, 0, s2.MAX_METERED_SIZE]) {
      const other = s2.encodeStored({ ...encrypted, meteredSize });
      await assert.rejects(s2.openStored(codec, other), {
        code: "metered_size",
        stored: meteredSize,
        actual: row.metered_size,
      });
    }
  }
  const codec = RecordCodec.s2(Key.generate("aegis256"), s2.streamId("a", "b"));
  for (const [i, command] of [
    { kind: "trim", meteredSize: commands[0].metered_size, point: 42n },
    { kind: "fence", meteredSize: commands[1].metered_size, token: "" },
  ].entries()) {
    const stored = hex(commands[i].stored_hex);
    assert.deepEqual(s2.decodeStored(stored), command);
    assert.deepEqual(s2.encodeStored(command), stored);
    assert.deepEqual(s2.openStoredSync(codec, stored), command);
  }
});

/** What this library says where S2 says that. */
function ourError(debug) {
  if (debug === "AuthenticationFailed") return "authentication_failed";
  if (
    debug === 'InvalidValue("MagicByte", "invalid record type ordinal")' ||
    debug === 'InvalidValue("EncryptedRecord", "invalid encrypted record format id")'
  ) {
    return "unsupported_format";
  }
  if (debug.startsWith("AlgorithmMismatch"))
    return debug.endsWith("actual: None }") ? "not_encrypted" : "cipher_mismatch";
  return debug.startsWith("MeteredSizeMismatch") ? "metered_size" : "malformed";
}

test("every input gets the verdict of S2", async () => {
  const { cases } = parseVector("s2/decoder_outcomes.json");
  assert.ok(cases.some(({ outcome }) => outcome.ok) && cases.some(({ outcome }) => !outcome.ok));
  for (const { name, input, outcome } of cases) {
    const codec = RecordCodec.s2(s2.keyFromHeader(Buffer.from(input.key_b64), input.cipher), hex(input.aad_hex));
    const stored = hex(input.stored_hex);
    if (outcome.stage === "decode") {
      assert.throws(() => s2.decodeStored(stored), { code: ourError(outcome.debug) }, name);
    } else {
      s2.decodeStored(stored);
    }
    for (const open of [async () => s2.openStoredSync(codec, stored), () => s2.openStored(codec, stored)]) {
      if (!outcome.ok) {
        await assert.rejects(open(), { code: ourError(outcome.debug) }, name);
        continue;
      }
      const { kind, meteredSize, headers, body } = await open();
      assert.deepEqual([kind, meteredSize], ["plaintext", outcome.metered_size], name);
      assert.deepEqual(
        headers,
        outcome.headers_hex.map(([name, value]) => ({ name: hex(name), value: hex(value) })),
      );
      assert.deepEqual(body, hex(outcome.body_hex), name);
    }
  }
});

test("nothing that is cut off is a stored record or an envelope", () => {
  const stored = hex(parseVector("s2/records.json").records.at(-1).stored_hex.slice(0, 200));
  for (let length = 0; length < 30; length++) {
    assert.throws(() => s2.decodeStored(stored.subarray(0, length)), MalformedError);
  }
});
