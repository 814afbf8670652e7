import assert from "node:assert/strict";
import { test } from "node:test";

import fc from "fast-check";

import { Aead, AuthenticationError, Key, PageCodec, WalHeader } from "libpagecrypt";

import { isZero, testKey } from "./pages.mjs";
import { CIPHERS, TURSO_CIPHERS } from "./vectors.mjs";

const RUNS = Number(process.env.PROPERTY_RUNS ?? 100);

const bytes = (constraints) => fc.uint8Array(constraints);
const any = fc.constantFrom;
const suffix = any("", "Sync");

/** The same bytes as a view somewhere in a larger memory. */
const placed = (content, before) => {
  const memory = new Uint8Array(before + content.length + 7).fill(0xc3);
  memory.set(content, before);
  return memory.subarray(before, before + content.length);
};

const property = (name, ...parameters) =>
  test(name, () => fc.assert(fc.asyncProperty(...parameters), { numRuns: RUNS }));

property(
  "a message opens to what was sealed, in every form",
  any(...CIPHERS),
  suffix,
  bytes({ maxLength: 3000 }),
  bytes({ maxLength: 300 }),
  bytes({ minLength: 32, maxLength: 32 }),
  fc.nat(20),
  async (cipher, form, text, associatedData, random, offset) => {
    const aead = new Aead(testKey(cipher));
    const options = {
      nonce: placed(random.subarray(0, aead.nonceLength), offset),
      associatedData: placed(associatedData, offset),
    };
    const sealed = await aead[`seal${form}`](placed(text, offset), options);
    assert.deepEqual(await aead[`open${form}`](placed(sealed, offset), options), Buffer.from(text));
    const buffer = placed(text, offset);
    const tag = await aead[`sealDetached${form}`](buffer, options);
    assert.deepEqual(Buffer.concat([buffer, tag]), sealed);
    await aead[`openDetached${form}`](buffer, tag, options);
    assert.deepEqual(buffer, text);
  },
);

property(
  "one changed bit anywhere keeps a message closed",
  any(...CIPHERS),
  suffix,
  bytes({ maxLength: 300 }),
  fc.nat(),
  fc.nat(7),
  async (cipher, form, text, at, bit) => {
    const aead = new Aead(testKey(cipher));
    const nonce = new Uint8Array(aead.nonceLength);
    const sealed = aead.sealSync(text, { nonce });
    sealed[at % sealed.length] ^= 1 << bit;
    await assert.rejects(async () => aead[`open${form}`](sealed, { nonce }), AuthenticationError);
  },
);

property(
  "a batch is its messages one by one",
  any(...CIPHERS),
  suffix,
  fc.array(
    fc.record({ text: bytes({ maxLength: 200 }), associatedData: bytes({ maxLength: 40 }), forged: fc.boolean() }),
    { maxLength: 20 },
  ),
  async (cipher, form, messages) => {
    const aead = new Aead(testKey(cipher));
    const nonces = messages.map((_, i) => new Uint8Array(aead.nonceLength).fill(i));
    const associatedData = messages.map((message) => message.associatedData);
    const sealed = await aead[`sealBatch${form}`](
      messages.map(({ text }) => text),
      { nonces, associatedData },
    );
    for (const [i, { text }] of messages.entries())
      assert.deepEqual(sealed[i], aead.sealSync(text, { nonce: nonces[i], associatedData: associatedData[i] }));
    for (const [i, { forged }] of messages.entries()) if (forged) sealed[i][sealed[i].length - 1] ^= 0x80;
    const opened = await aead[`openBatch${form}`](sealed, { nonces, associatedData, partial: true });
    assert.deepEqual(
      opened,
      messages.map(({ text, forged }) => (forged ? null : Buffer.from(text))),
    );
    const failed = messages.flatMap(({ forged }, i) => (forged ? [i] : []));
    if (failed.length > 0) {
      await assert.rejects(async () => aead[`openBatch${form}`](sealed, { nonces, associatedData }), {
        numbers: failed,
        first: failed[0],
        count: failed.length,
      });
    }
  },
);

property(
  "a run of pages opens to what was sealed, and damaged pages are told",
  any(...TURSO_CIPHERS),
  suffix,
  fc.integer({ min: 9, max: 13 }).map((bits) => 2 ** bits),
  fc.integer({ min: 2, max: 4294967290 }),
  fc.array(fc.boolean(), { minLength: 1, maxLength: 40 }),
  fc.nat(20),
  fc.nat(),
  async (cipher, form, pageSize, start, damaged, offset, at) => {
    const codec = new PageCodec(testKey(cipher), { pageSize });
    const first = Math.min(start, 4294967295 - damaged.length);
    const plain = new Uint8Array(damaged.length * pageSize);
    for (let i = 0; i < plain.length; i++)
      if (i % pageSize < pageSize - codec.reservedLength) plain[i] = i * 31 + first;
    const pages = placed(plain, offset);
    await codec[`sealPages${form}`](first, pages);
    for (const [i, is] of damaged.entries()) if (is) pages[i * pageSize + (at % pageSize)] ^= 4;
    // The page of the pending byte is zeros whatever it holds.
    const numbers = damaged.flatMap((is, i) => (is ? [first + i] : []));
    const opening = Promise.resolve().then(() => codec[`openPages${form}`](first, pages));
    if (first * pageSize <= 2 ** 30 + pageSize && (first + damaged.length) * pageSize >= 2 ** 30)
      return void (await opening.catch(() => {}));
    if (numbers.length > 0) await assert.rejects(opening, { constructor: AuthenticationError, numbers });
    else await opening;
    for (const [i, is] of damaged.entries()) {
      const page = pages.subarray(i * pageSize, (i + 1) * pageSize);
      assert.ok(
        is ? isZero(page) : Buffer.from(plain.subarray(i * pageSize, (i + 1) * pageSize)).equals(page),
        `page ${i}`,
      );
    }
  },
);

property(
  "a key comes back from its text",
  any(...CIPHERS),
  bytes({ minLength: 32, maxLength: 32 }),
  any("base64", "hex"),
  fc.string({ unit: any(" ", "\n", "\t", "\r") }),
  async (cipher, secret, encoding, space) => {
    const length = testKey(cipher).toBytes().length;
    const key = Key.fromBytes(secret.subarray(0, length), cipher);
    assert.ok(Key.fromText(space + key.toText(encoding) + space, cipher).equals(key));
  },
);

property(
  "any text is a key or a typed error",
  fc.oneof(fc.string({ unit: "binary", maxLength: 70 }), fc.base64String({ maxLength: 70 })),
  async (text) => {
    try {
      Key.fromText(text).toBytes();
    } catch (error) {
      assert.match(error.code, /^key_(text|length)$/);
    }
  },
);

property(
  "a header of a log comes back from its bytes",
  any("little", "big"),
  fc.integer({ min: 9, max: 16 }),
  fc.nat(4294967295),
  fc.tuple(fc.nat(4294967295), fc.nat(4294967295)),
  async (byteOrder, bits, checkpoint, salts) => {
    const header = WalHeader.parse(new WalHeader({ byteOrder, pageSize: 2 ** bits, checkpoint, salts }).toBytes());
    assert.deepEqual(
      [header.byteOrder, header.pageSize, header.checkpoint, [...header.salts]],
      [byteOrder, 2 ** bits, checkpoint, salts],
    );
  },
);
