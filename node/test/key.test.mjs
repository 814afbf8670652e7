import assert from "node:assert/strict";
import { randomBytes } from "node:crypto";
import { buffer } from "node:stream/consumers";
import { test } from "node:test";
import { inspect } from "node:util";
import { getHeapSnapshot } from "node:v8";
import { MessageChannel } from "node:worker_threads";

import { Aead, ClosedError, Key, KeyLengthError, KeyTextError, PageCodec, ciphers } from "libpagecrypt";

import { testKey } from "./pages.mjs";

test("a generated key has its cipher's length, and is another each time", () => {
  for (const { name, keyLength } of ciphers()) {
    const [one, other] = [Key.generate(name), Key.generate(name)];
    assert.equal(one.cipher, name);
    assert.equal(one.toBytes().length, keyLength);
    assert.ok(!one.equals(other) && !one.toBytes().equals(other.toBytes()));
  }
  assert.equal(Key.generate().cipher, "aegis256");
});

test("a key comes back from its bytes and from both texts", () => {
  for (const { name } of ciphers()) {
    const key = Key.generate(name);
    assert.ok(Key.fromBytes(key.toBytes(), name).equals(key));
    assert.equal(key.toText(), key.toText("base64"));
    for (const encoding of ["base64", "hex"]) {
      const text = key.toText(encoding);
      assert.equal(text, key.toBytes().toString(encoding));
      assert.ok(Key.fromText(text, name).equals(key));
      assert.ok(Key.fromText(` ${text}\n`, name).equals(key));
      assert.ok(Key.fromText(Buffer.from(text), name).equals(key), "from bytes of text");
    }
  }
});

test("without a cipher, the length of the text tells it", () => {
  assert.equal(Key.fromText("00".repeat(16)).cipher, "aegis128l");
  assert.equal(Key.fromText("00".repeat(32)).cipher, "aegis256");
});

test("a text that is no key says so, and does not show it", () => {
  const secret = "5up3r53cr3t".repeat(3).slice(0, 32);
  assert.throws(
    () => Key.fromText(secret),
    (error) => {
      assert.ok(error instanceof KeyTextError);
      assert.ok(!inspect(error, { showHidden: true, depth: 9 }).includes("5up3r"));
      return true;
    },
  );
  assert.throws(() => Key.fromText("abc"), { constructor: KeyTextError, got: 3 });
  assert.throws(() => Key.fromText(Uint8Array.of(0xff, 0xfe, 0x80)), KeyTextError);
  assert.throws(() => Key.fromText("\ud800".repeat(32)), KeyTextError);
});

test("a key of another length is refused with both lengths", () => {
  for (const length of [0, 1, 15, 16, 31, 33, 64]) {
    assert.throws(() => Key.fromBytes(new Uint8Array(length), "aegis256"), {
      constructor: KeyLengthError,
      expected: 32,
      got: length,
    });
  }
  assert.throws(() => testKey("aegis256").withCipher("aegis128l"), {
    constructor: KeyLengthError,
    expected: 16,
    got: 32,
  });
  assert.throws(() => Key.fromText("00".repeat(16), "aegis256"), KeyLengthError);
});

test("the key is a copy of the bytes, and its bytes are a copy", () => {
  const bytes = Buffer.alloc(32, 7);
  const key = Key.fromBytes(bytes, "aegis256");
  bytes.fill(0);
  assert.equal(key.toBytes()[0], 7);
  key.toBytes().fill(0);
  assert.equal(key.toBytes()[0], 7);
  // Buffers of the pool share their memory with others.
  assert.equal(key.toBytes().buffer.byteLength, 32);
});

test("keys are equal by cipher and bytes", () => {
  const key = testKey("aegis256");
  assert.ok(key.equals(key) && key.equals(testKey("aegis256")) && key.equals(key.clone()));
  assert.ok(!key.equals(key.withCipher("aegis256x2")));
  assert.ok(key.withCipher("aegis256x2").withCipher("aegis256").equals(key));
  assert.ok(!key.equals(Key.generate()));
  for (const other of [null, undefined, {}, "key", Key])
    assert.throws(() => key.equals(other), { code: "ERR_INVALID_ARG_TYPE" });
});

test("seals are counted, by a key and its clones", async () => {
  const key = testKey();
  assert.equal(key.seals, 0n);
  const codec = new PageCodec(key);
  codec.sealPagesSync(2, new Uint8Array(3 * 4096));
  await codec.sealPages(2, new Uint8Array(2 * 4096));
  assert.equal(key.seals, 5n);
  assert.equal(key.clone().seals, 5n);
  assert.equal(key.withEngine("portable").seals, 0n);
  new Aead(key).sealSync(Buffer.from("text"), { nonce: new Uint8Array(32) });
  assert.equal(key.seals, 5n, "nonces that the caller chose do not count");
});

test("a closed key is wiped and refuses everything but what is no secret", () => {
  const key = testKey();
  const clone = key.clone();
  key.close();
  key.close();
  for (const use of [
    () => key.toBytes(),
    () => key.toText(),
    () => key.clone(),
    () => key.withEngine("portable"),
    () => key.withCipher("aegis256x2"),
    () => key.equals(clone),
    () => clone.equals(key),
    () => new Aead(key),
    () => new PageCodec(key),
  ]) {
    assert.throws(use, { constructor: ClosedError, code: "closed" });
  }
  assert.equal(inspect(key), "Key(aegis256)");
  assert.equal(clone.toBytes()[1], 1);
});

test("what was made of a key goes on after it was closed", async () => {
  const key = testKey();
  const [aead, codec] = [new Aead(key), new PageCodec(key)];
  key.close();
  const nonce = new Uint8Array(32);
  const sealed = aead.sealSync(Buffer.from("text"), { nonce });
  assert.equal((await aead.open(sealed, { nonce })).toString(), "text");
  codec.sealPagesSync(2, new Uint8Array(4096));
});

test(
  "a key is disposed of at the end of a block",
  { skip: Symbol.dispose === undefined && "this Node has no Symbol.dispose" },
  () => {
    const key = testKey();
    key[Symbol.dispose]();
    assert.throws(() => key.toBytes(), ClosedError);
  },
);

test("nothing but toBytes and toText gives the secret away", () => {
  const secret = Buffer.from("a very secret key of 32 bytes!!!");
  const key = Key.fromBytes(secret, "aegis256");
  const views = {
    inspect: inspect(key, { showHidden: true, depth: Infinity, getters: true, customInspect: false }),
    plain: inspect(key),
    nested: inspect({ a: [key] }, { depth: 9 }),
    string: String(key),
    template: `${key}`,
    json: JSON.stringify({ key }),
    format: inspect(Object.getOwnPropertyDescriptors(key), { showHidden: true, depth: 9 }),
    entries: inspect([Object.entries(key), Object.getOwnPropertySymbols(key), Reflect.ownKeys(key)]),
  };
  for (const [name, text] of Object.entries(views)) {
    for (const form of [
      secret.toString(),
      secret.toString("hex"),
      secret.toString("base64"),
      [...secret.subarray(0, 6)].join(", "),
      "61 20 76 65",
    ]) {
      assert.ok(!text.includes(form), `${name}: ${text}`);
    }
  }
  assert.equal(views.plain, "Key(aegis256)");
  assert.equal(views.string, "Key(aegis256)");
  assert.equal(views.json, '{"key":"Key(aegis256)"}');
  assert.deepEqual(Object.keys(key), []);
});

test("the secret is nowhere on JavaScript's heap", async () => {
  const text = randomBytes(64).map((byte) => "0123456789abcdef".charCodeAt(byte % 16));
  const keys = [Key.generate(), Key.fromText(text), Key.fromBytes(randomBytes(32), "aegis256")];
  for (const key of keys) new PageCodec(key).sealPagesSync(2, new Uint8Array(4096));
  const shown = Key.generate().toText("hex");
  const snapshot = (await buffer(getHeapSnapshot())).toString("latin1");
  assert.ok(snapshot.includes(shown), "a string would be found");
  for (const key of keys) {
    for (const form of [key.toText("hex"), key.toText("base64")]) assert.ok(!snapshot.includes(form));
  }
});

test("a key does not travel to another thread", () => {
  const key = testKey();
  const channel = new MessageChannel();
  for (const copy of [() => structuredClone(key), () => (channel.port1.postMessage(key), {})]) {
    let given;
    try {
      given = copy();
    } catch (error) {
      assert.equal(error.name, "DataCloneError");
      continue;
    }
    assert.deepEqual(Reflect.ownKeys(given), []);
    assert.ok(!(given instanceof Key));
  }
  channel.port1.close();
});

test("a key is made by its functions only", () => {
  assert.throws(() => new Key(), TypeError);
  assert.throws(() => Key(), TypeError);
  assert.throws(() => Reflect.construct(Key, [new Uint8Array(32), "aegis256"]), TypeError);
  class Fake extends Key {}
  assert.throws(() => new Fake(), TypeError);
  // What merely looks like a key is none.
  for (const fake of [Object.create(Key.prototype), { cipher: "aegis256" }, new Proxy(testKey(), {})]) {
    assert.throws(() => new Aead(fake), TypeError);
    assert.throws(() => new PageCodec(fake), TypeError);
  }
});

test("the encodings are those two", () => {
  for (const encoding of ["", "utf8", "base64url", "HEX "])
    assert.throws(() => testKey().toText(encoding), { code: /^(ERR_INVALID_ARG_VALUE|invalid_argument)$/ });
});
