import assert from "node:assert/strict";
import { createCipheriv } from "node:crypto";
import { test } from "node:test";

import {
  Aead,
  AuthenticationError,
  BufferLengthError,
  ClosedError,
  Key,
  OverlapError,
  TAG_LENGTH,
  ciphers,
} from "libpagecrypt";

import { both, isZero, testKey } from "./pages.mjs";
import { CIPHERS, parseVector } from "./vectors.mjs";

const hex = (text) => Buffer.from(text, "hex");

function aeadOf(cipher) {
  const aead = new Aead(testKey(cipher));
  return { aead, nonce: Buffer.alloc(aead.nonceLength, 5), associatedData: Buffer.from("about it") };
}

test("AEGIS gives the known answers", async () => {
  let answers = 0;
  for (const cipher of CIPHERS.filter((name) => name.startsWith("aegis"))) {
    const file = parseVector(`aegis/aegis_draft_${cipher.slice("aegis".length)}.json`);
    for (const { key, nonce, ad, msg, ct, tag128 } of file.encrypt) {
      const aead = new Aead(Key.fromBytes(hex(key), cipher));
      const options = { nonce: hex(nonce), associatedData: hex(ad) };
      for (const [name, seal] of both(aead, "seal"))
        assert.equal((await seal(hex(msg), options)).toString("hex"), ct + tag128, name);
      for (const [name, open] of both(aead, "open"))
        assert.equal((await open(hex(ct + tag128), options)).toString("hex"), msg, name);
      answers++;
    }
    for (const { key, nonce, ad, ct, tag128 } of file.decrypt_must_fail ?? []) {
      const aead = new Aead(Key.fromBytes(hex(key), cipher));
      for (const [, open] of both(aead, "open")) {
        await assert.rejects(
          open(hex(ct + tag128), { nonce: hex(nonce), associatedData: hex(ad) }),
          AuthenticationError,
        );
      }
      answers++;
    }
  }
  assert.ok(answers > 20, `${answers} answers`);
});

test("Node's own ciphers give the same bytes", async () => {
  for (const [cipher, peer] of [
    ["aes128gcm", "aes-128-gcm"],
    ["aes256gcm", "aes-256-gcm"],
    ["chacha20poly1305", "chacha20-poly1305"],
  ]) {
    const { aead, nonce, associatedData } = aeadOf(cipher);
    for (const length of [0, 1, 15, 16, 17, 255, 4048, 100_000]) {
      const text = Buffer.alloc(length, 0x5a);
      const theirs = createCipheriv(peer, testKey(cipher).toBytes(), nonce, { authTagLength: 16 });
      theirs.setAAD(associatedData, { plaintextLength: length });
      const expected = Buffer.concat([theirs.update(text), theirs.final(), theirs.getAuthTag()]);
      for (const [, seal] of both(aead, "seal"))
        assert.deepEqual(await seal(text, { nonce, associatedData }), expected);
    }
  }
});

test("an Aead tells its lengths", () => {
  for (const { name, nonceLength, tagLength, engine } of ciphers()) {
    const { aead } = aeadOf(name);
    assert.deepEqual(
      [aead.cipher, aead.engine, aead.nonceLength, aead.tagLength, aead.overhead],
      [name, engine, nonceLength, tagLength, TAG_LENGTH],
    );
  }
});

test("every form of sealing gives the same bytes, and every form of opening the text", async () => {
  for (const cipher of CIPHERS) {
    const { aead, nonce, associatedData } = aeadOf(cipher);
    const options = { nonce, associatedData };
    for (const length of [0, 1, 100, 5000]) {
      const text = Buffer.alloc(length, 0x21);
      const sealed = aead.sealSync(text, options);
      assert.equal(sealed.length, length + 16);
      for (const [name, sealInto] of both(aead, "sealInto")) {
        const into = Buffer.alloc(length + 16);
        assert.equal(await sealInto(text, into, options), length + 16, name);
        assert.deepEqual(into, sealed, name);
      }
      for (const [name, sealDetached] of both(aead, "sealDetached")) {
        const buffer = Buffer.from(text);
        const tag = await sealDetached(buffer, options);
        assert.deepEqual(Buffer.concat([buffer, tag]), sealed, name);
      }
      for (const [name, sealBatch] of both(aead, "sealBatch")) {
        assert.deepEqual(
          await sealBatch([text], { nonces: [nonce], associatedData: [associatedData] }),
          [sealed],
          name,
        );
      }
      for (const [name, open] of both(aead, "open")) assert.deepEqual(await open(sealed, options), text, name);
      for (const [name, openInto] of both(aead, "openInto")) {
        const into = Buffer.alloc(length);
        assert.equal(await openInto(sealed, into, options), length, name);
        assert.deepEqual(into, text, name);
      }
      for (const [name, openDetached] of both(aead, "openDetached")) {
        const buffer = Buffer.from(sealed.subarray(0, length));
        await openDetached(buffer, sealed.subarray(length), options);
        assert.deepEqual(buffer, text, name);
      }
      for (const [name, openBatch] of both(aead, "openBatch")) {
        assert.deepEqual(
          await openBatch([sealed], { nonces: [nonce], associatedData: [associatedData] }),
          [text],
          name,
        );
      }
    }
  }
});

test("associated data left out is empty", async () => {
  const { aead, nonce } = aeadOf("aegis256");
  for (const [, seal] of both(aead, "seal")) {
    assert.deepEqual(
      await seal(Buffer.from("x"), { nonce }),
      aead.sealSync(Buffer.from("x"), { nonce, associatedData: new Uint8Array(0) }),
    );
  }
  for (const [, sealBatch] of both(aead, "sealBatch")) {
    assert.deepEqual(await sealBatch([Buffer.from("x")], { nonces: [nonce] }), [
      aead.sealSync(Buffer.from("x"), { nonce }),
    ]);
  }
});

test("what was changed does not open, and leaves zeros or nothing", async () => {
  for (const cipher of CIPHERS) {
    const { aead, nonce, associatedData } = aeadOf(cipher);
    const options = { nonce, associatedData };
    const sealed = aead.sealSync(Buffer.alloc(100, 0x33), options);
    const forged = Buffer.from(sealed);
    forged[50] ^= 1;
    const isForged = {
      constructor: AuthenticationError,
      code: "authentication_failed",
      unit: "message",
      first: 0,
      count: 1,
      index: 0,
      numbers: [0],
    };
    for (const [, open] of both(aead, "open")) {
      await assert.rejects(open(forged, options), isForged);
      await assert.rejects(open(sealed, { nonce, associatedData: Buffer.from("about that") }), AuthenticationError);
      await assert.rejects(open(sealed, { nonce: Buffer.alloc(nonce.length), associatedData }), AuthenticationError);
    }
    for (const [name, openInto] of both(aead, "openInto")) {
      const into = Buffer.alloc(100, 0xc3);
      await assert.rejects(openInto(forged, into, options), isForged);
      assert.ok(isZero(into), name);
    }
    for (const [name, openDetached] of both(aead, "openDetached")) {
      const buffer = Buffer.from(forged.subarray(0, 100));
      await assert.rejects(openDetached(buffer, forged.subarray(100), options), isForged);
      assert.ok(isZero(buffer), name);
    }
  }
});

test("lengths are checked before anything is written", async () => {
  const { aead, nonce } = aeadOf("aegis256");
  const text = Buffer.alloc(10);
  for (const [, seal] of both(aead, "seal")) {
    await assert.rejects(seal(text, { nonce: nonce.subarray(1) }), {
      constructor: BufferLengthError,
      expected: 32,
      got: 31,
    });
  }
  for (const length of [0, 10, 25, 27]) {
    for (const [, sealInto] of both(aead, "sealInto")) {
      const into = Buffer.alloc(length, 0xc3);
      await assert.rejects(sealInto(text, into, { nonce }), {
        constructor: BufferLengthError,
        expected: 26,
        got: length,
      });
      assert.ok(into.every((byte) => byte === 0xc3));
    }
  }
  for (const [, open] of both(aead, "open"))
    await assert.rejects(open(new Uint8Array(15), { nonce }), BufferLengthError);
  for (const [, openInto] of both(aead, "openInto")) {
    await assert.rejects(openInto(new Uint8Array(26), new Uint8Array(9), { nonce }), {
      constructor: BufferLengthError,
      expected: 10,
      got: 9,
    });
  }
  for (const [, openDetached] of both(aead, "openDetached")) {
    await assert.rejects(openDetached(new Uint8Array(26), new Uint8Array(15), { nonce }), {
      constructor: BufferLengthError,
      expected: 16,
      got: 15,
    });
  }
});

test("a batch takes messages of mixed lengths", async () => {
  for (const cipher of CIPHERS) {
    const { aead } = aeadOf(cipher);
    const messages = Array.from({ length: 65 }, (_, i) => Buffer.alloc(37 * i, i));
    const nonces = messages.map((_, i) => Buffer.alloc(aead.nonceLength, i));
    const each = messages.map((_, i) => Buffer.alloc(i, i));
    for (const associatedData of [undefined, each]) {
      const expected = messages.map((message, i) =>
        aead.sealSync(message, { nonce: nonces[i], associatedData: associatedData?.[i] }),
      );
      for (const [, sealBatch] of both(aead, "sealBatch"))
        assert.deepEqual(await sealBatch(messages, { nonces, associatedData }), expected);
      for (const [, openBatch] of both(aead, "openBatch"))
        assert.deepEqual(await openBatch(expected, { nonces, associatedData }), messages);
    }
    for (const [, sealBatch] of both(aead, "sealBatch")) assert.deepEqual(await sealBatch([], { nonces: [] }), []);
    for (const [, openBatch] of both(aead, "openBatch")) assert.deepEqual(await openBatch([], { nonces: [] }), []);
  }
});

test("a batch tells which messages failed, and gives the others if asked", async () => {
  const { aead } = aeadOf("aegis128l");
  const messages = Array.from({ length: 10 }, (_, i) => Buffer.alloc(20, i));
  const nonces = messages.map((_, i) => Buffer.alloc(aead.nonceLength, i));
  const sealed = aead.sealBatchSync(messages, { nonces });
  sealed[3][0] ^= 1;
  sealed[7][35] ^= 1;
  for (const [, openBatch] of both(aead, "openBatch")) {
    await assert.rejects(openBatch(sealed, { nonces }), {
      constructor: AuthenticationError,
      unit: "message",
      first: 3,
      index: 3,
      count: 2,
      numbers: [3, 7],
    });
    const opened = await openBatch(sealed, { nonces, partial: true });
    assert.deepEqual(
      opened,
      messages.map((message, i) => (i === 3 || i === 7 ? null : message)),
    );
  }
});

test("a batch needs a nonce for each message", async () => {
  const { aead, nonce } = aeadOf("aegis256");
  const message = Buffer.from("x");
  const sealed = aead.sealSync(message, { nonce });
  for (const name of ["sealBatch", "openBatch"]) {
    for (const [, batch] of both(aead, name)) {
      for (const options of [{ nonces: [] }, { nonces: [nonce, nonce] }, { nonces: [nonce], associatedData: [] }]) {
        await assert.rejects(batch([sealed], options), { code: "invalid_argument" });
      }
      await assert.rejects(batch([sealed], { nonces: [nonce.subarray(1)] }), BufferLengthError);
    }
  }
});

test("a destination may be the source's own place, and must not overlap it otherwise", async () => {
  const { aead, nonce } = aeadOf("aegis256");
  const memory = new ArrayBuffer(200);
  const text = Buffer.alloc(100, 0x44);
  const sealed = aead.sealSync(text, { nonce });
  for (const [name, sealInto] of both(aead, "sealInto")) {
    new Uint8Array(memory).set(text);
    await sealInto(new Uint8Array(memory, 0, 100), new Uint8Array(memory, 0, 116), { nonce });
    assert.deepEqual(Buffer.from(memory.slice(0, 116)), sealed, name);
    await assert.rejects(sealInto(new Uint8Array(memory, 0, 100), new Uint8Array(memory, 1, 116), { nonce }), {
      constructor: OverlapError,
      code: "overlap",
    });
    await assert.rejects(
      sealInto(new Uint8Array(memory, 60, 100), new Uint8Array(memory, 0, 116), { nonce }),
      OverlapError,
    );
    assert.deepEqual(Buffer.from(memory.slice(0, 116)), sealed, `${name} wrote`);
  }
  for (const [name, openInto] of both(aead, "openInto")) {
    new Uint8Array(memory).set(sealed);
    await assert.rejects(
      openInto(new Uint8Array(memory, 0, 116), new Uint8Array(memory, 3, 100), { nonce }),
      OverlapError,
    );
    await openInto(new Uint8Array(memory, 0, 116), new Uint8Array(memory, 0, 100), { nonce });
    assert.deepEqual(Buffer.from(memory.slice(0, 100)), text, name);
  }
});

test("an Aead holds its key until it is closed", async () => {
  const key = testKey();
  const aead = new Aead(key);
  key.close();
  const nonce = new Uint8Array(32);
  assert.equal(aead.sealSync(Buffer.from("x"), { nonce }).length, 17);
  const running = aead.seal(Buffer.alloc(1 << 20), { nonce });
  aead.close();
  aead.close();
  assert.equal((await running).length, (1 << 20) + 16, "what runs goes on");
  for (const [, seal] of both(aead, "seal"))
    await assert.rejects(seal(Buffer.from("x"), { nonce }), { constructor: ClosedError, code: "closed" });
});

test("a signal that is aborted already stops the work before it starts", async () => {
  const { aead, nonce } = aeadOf("aegis256");
  const reason = new Error("no");
  const signal = AbortSignal.abort(reason);
  const buffer = Buffer.alloc(32, 9);
  for (const attempt of [
    () => aead.seal(buffer, { nonce, signal }),
    () => aead.open(buffer, { nonce, signal }),
    () => aead.sealInto(buffer, Buffer.alloc(48), { nonce, signal }),
    () => aead.openInto(buffer, Buffer.alloc(16), { nonce, signal }),
    () => aead.sealDetached(buffer, { nonce, signal }),
    () => aead.openDetached(buffer, Buffer.alloc(16), { nonce, signal }),
    () => aead.sealBatch([buffer], { nonces: [nonce], signal }),
    () => aead.openBatch([buffer], { nonces: [nonce], signal }),
  ]) {
    await assert.rejects(attempt(), (error) => error === reason);
  }
  assert.ok(buffer.every((byte) => byte === 9));
});
