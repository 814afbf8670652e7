import assert from "node:assert/strict";
import { test } from "node:test";

import { Aead, Key, PageCodec, WalChain, WalFrameHeader, WalHeader, parseTursoHeader } from "libpagecrypt";

import { plainFrames, plainPages, testCodec, testKey } from "./pages.mjs";

const codec = testCodec("aegis256", 512);
const aead = new Aead(testKey());
const nonce = Buffer.alloc(32, 1);
const plain = plainPages(codec, 4);
const startChain = () => WalChain.start(new WalHeader({ pageSize: 512, salts: [1, 2] }));
const sealedFrames = plainFrames(codec, 4);
codec.sealFramesSync(startChain(), sealedFrames);

/** Whether an error says that a buffer cannot be taken. */
const isRefused = ({ code }) =>
  /^(ERR_INVALID_ARG_TYPE|ERR_INVALID_ARG_VALUE|ERR_INVALID_STATE|invalid_argument|buffer_length)$/.test(code);

const VIEWS = {
  Buffer: (memory, at, length) => Buffer.from(memory, at, length),
  Uint8Array: (memory, at, length) => new Uint8Array(memory, at, length),
  Uint8ClampedArray: (memory, at, length) => new Uint8ClampedArray(memory, at, length),
  Int8Array: (memory, at, length) => new Int8Array(memory, at, length),
  DataView: (memory, at, length) => new DataView(memory, at, length),
  Uint16Array: (memory, at, length) => new Uint16Array(memory, at & ~1, length / 2),
  Float64Array: (memory, at, length) => new Float64Array(memory, at & ~7, length / 8),
};

for (const [name, view] of Object.entries(VIEWS)) {
  test(`a ${name} of any part of a memory is worked on in place, and nothing beside it`, async () => {
    for (const at of [0, 8, 13, 4095]) {
      for (const suffix of ["", "Sync"]) {
        const memory = new ArrayBuffer(4096 + plain.length + 16).slice();
        const all = new Uint8Array(memory).fill(0xc3);
        const part = view(memory, at, plain.length);
        const bytes = new Uint8Array(memory, part.byteOffset, part.byteLength);
        bytes.set(plain);
        await codec[`sealPages${suffix}`](2, part);
        assert.notDeepEqual(Buffer.from(bytes), plain);
        const into = view(new ArrayBuffer(memory.byteLength), at, plain.length);
        await codec[`openPagesInto${suffix}`](2, part, into);
        assert.deepEqual(Buffer.from(into.buffer, into.byteOffset, into.byteLength), plain);
        await codec[`openPages${suffix}`](2, part);
        assert.deepEqual(Buffer.from(bytes), plain);
        const beside = [...all.subarray(0, part.byteOffset), ...all.subarray(part.byteOffset + part.byteLength)];
        assert.ok(
          beside.every((byte) => byte === 0xc3),
          `bytes beside it were written (at ${at})`,
        );
      }
    }
  });
}

test("small Buffers of Node's pool are worked on alone", async () => {
  for (const suffix of ["", "Sync"]) {
    const [before, text, after] = ["before", "the text", "after"].map((word) => Buffer.from(word));
    const tag = await aead[`sealDetached${suffix}`](text, { nonce });
    assert.deepEqual([before.toString(), after.toString()], ["before", "after"]);
    await aead[`openDetached${suffix}`](text, tag, { nonce });
    assert.deepEqual([before, text, after].map(String), ["before", "the text", "after"]);
  }
});

test("results share no memory with the arguments or each other", async () => {
  for (const suffix of ["", "Sync"]) {
    const text = Buffer.alloc(100);
    const sealed = await aead[`seal${suffix}`](text, { nonce });
    const again = await aead[`seal${suffix}`](text, { nonce });
    assert.notEqual(sealed.buffer, text.buffer);
    again.fill(0);
    assert.deepEqual(await aead[`open${suffix}`](sealed, { nonce }), text);
    const [one, other] = await aead[`sealBatch${suffix}`]([text, text], { nonces: [nonce, Buffer.alloc(32, 2)] });
    one.fill(0);
    assert.deepEqual(await aead[`open${suffix}`](other, { nonce: Buffer.alloc(32, 2) }), text);
    assert.ok(Buffer.isBuffer(sealed) && Buffer.isBuffer(one));
  }
});

// Each way in which a buffer is taken: `bad` is put in the place of one of them.
const PLACES = {
  "Key.fromBytes bytes": (bad) => Key.fromBytes(bad, "aegis256"),
  "Key.fromText text": (bad) => Key.fromText(bad),
  "WalHeader.parse bytes": (bad) => WalHeader.parse(bad),
  "WalFrameHeader.parse bytes": (bad) => WalFrameHeader.parse(bad),
  "parseTursoHeader bytes": (bad) => parseTursoHeader(bad),
  "WalChain.start header": (bad) => WalChain.start(bad),
  "WalChain#accept frame": (bad) => startChain().accept(bad),
};
for (const suffix of ["", "Sync"]) {
  const add = (name, place) => (PLACES[`${name.replace(" ", `${suffix} `)}`] = place);
  add("Aead#seal data", (bad) => aead[`seal${suffix}`](bad, { nonce }));
  add("Aead#seal nonce", (bad) => aead[`seal${suffix}`](Buffer.alloc(1), { nonce: bad }));
  add("Aead#seal associatedData", (bad) => aead[`seal${suffix}`](Buffer.alloc(1), { nonce, associatedData: bad }));
  add("Aead#open data", (bad) => aead[`open${suffix}`](bad, { nonce }));
  add("Aead#sealInto data", (bad) => aead[`sealInto${suffix}`](bad, Buffer.alloc(528), { nonce }));
  add("Aead#sealInto into", (bad) => aead[`sealInto${suffix}`](Buffer.alloc(496), bad, { nonce }));
  add("Aead#openInto into", (bad) =>
    aead[`openInto${suffix}`](aead.sealSync(Buffer.alloc(512), { nonce }), bad, { nonce }),
  );
  add("Aead#sealDetached buffer", (bad) => aead[`sealDetached${suffix}`](bad, { nonce }));
  add("Aead#openDetached buffer", (bad) => aead[`openDetached${suffix}`](bad, Buffer.alloc(16), { nonce }));
  add("Aead#openDetached tag", (bad) => aead[`openDetached${suffix}`](Buffer.alloc(1), bad, { nonce }));
  add("Aead#sealBatch messages", (bad) => aead[`sealBatch${suffix}`]([bad], { nonces: [nonce] }));
  add("Aead#sealBatch nonces", (bad) => aead[`sealBatch${suffix}`]([Buffer.alloc(1)], { nonces: [bad] }));
  add("Aead#openBatch messages", (bad) => aead[`openBatch${suffix}`]([bad], { nonces: [nonce] }));
  for (const name of ["sealPages", "openPages", "sealedPages", "openedPages", "sealPage", "openPage"]) {
    add(`PageCodec#${name} pages`, (bad) => codec[name + suffix](2, bad));
  }
  for (const name of ["sealPagesInto", "openPagesInto"]) {
    add(`PageCodec#${name} source`, (bad) => codec[name + suffix](2, bad, Buffer.alloc(512)));
    add(`PageCodec#${name} into`, (bad) => codec[name + suffix](2, Buffer.alloc(512), bad));
  }
  add("PageCodec#openFrames frames", (bad) => codec[`openFrames${suffix}`](1, bad));
  add("PageCodec#openFramesInto source", (bad) => codec[`openFramesInto${suffix}`](1, bad, Buffer.alloc(536)));
  add("PageCodec#sealFrames frames", (bad) => codec[`sealFrames${suffix}`](startChain(), bad));
}

test("shared memory is refused everywhere", async () => {
  for (const [name, place] of Object.entries(PLACES)) {
    for (const length of [32, 512, 536]) {
      for (const bad of [
        new Uint8Array(new SharedArrayBuffer(length)),
        Buffer.from(new SharedArrayBuffer(length)),
        new DataView(new SharedArrayBuffer(length)),
        new SharedArrayBuffer(length),
      ]) {
        await assert.rejects(async () => place(bad), isRefused, name);
      }
    }
  }
});

test("detached memory is refused everywhere", async () => {
  for (const [name, place] of Object.entries(PLACES)) {
    const bad = new Uint8Array(512);
    structuredClone(bad.buffer, { transfer: [bad.buffer] });
    await assert.rejects(async () => place(bad), isRefused, name);
    const view = new DataView(new ArrayBuffer(512));
    structuredClone(view.buffer, { transfer: [view.buffer] });
    await assert.rejects(async () => place(view), isRefused, name);
  }
});

const resizable = (length, maxByteLength) => new ArrayBuffer(length, { maxByteLength });
const lacksResizable = resizable(1, 2).resizable !== true && "this Node has no resizable buffers";

test("memory that can be resized is worked on as long as it fits, or refused", { skip: lacksResizable }, async () => {
  for (const suffix of ["", "Sync"]) {
    const memory = resizable(plain.length, 2 * plain.length);
    const [fixed, tracking] = [new Uint8Array(memory, 0, plain.length), new Uint8Array(memory)];
    fixed.set(plain);
    for (const view of [fixed, tracking]) {
      const outcome = await settle(() => codec[`sealPages${suffix}`](2, view));
      if (outcome.error) assert.ok(isRefused(outcome.error), outcome.error.stack);
      else await codec[`openPages${suffix}`](2, view);
    }
    assert.deepEqual(Buffer.from(memory.slice(0)), plain);
    memory.resize(100); // `fixed` is out of bounds now, and empty for whoever asks
    const outcome = await settle(() => codec[`sealPages${suffix}`](2, fixed));
    assert.ok(outcome.error === undefined || isRefused(outcome.error));
    await assert.rejects(async () => codec[`sealPages${suffix}`](2, tracking), isRefused);
  }
});

async function settle(operation) {
  try {
    return { value: await operation() };
  } catch (error) {
    return { error };
  }
}

test("what the caller does to a source meanwhile does not matter", async () => {
  const text = Buffer.alloc(1 << 20, 7);
  const expected = aead.sealSync(text, { nonce });
  const [ownNonce, associatedData] = [Buffer.from(nonce), Buffer.alloc(0)];
  const running = [
    aead.seal(text, { nonce: ownNonce, associatedData }),
    aead.sealInto(text, Buffer.alloc(text.length + 16), { nonce: ownNonce }),
    aead.sealBatch([text], { nonces: [ownNonce] }),
  ];
  text.fill(0);
  ownNonce.fill(0);
  structuredClone(text.buffer, { transfer: [text.buffer] });
  const [sealed, , [batch]] = await Promise.all(running);
  assert.ok(sealed.equals(expected) && batch.equals(expected));
});

test("what the caller writes into a destination meanwhile is overwritten", async () => {
  const big = testCodec("aegis256", 4096);
  const pages = plainPages(big, 256);
  const buffer = Buffer.from(pages);
  const sealing = big.sealPages(2, buffer);
  buffer.fill(0xee);
  await sealing;
  await big.openPages(2, buffer);
  assert.ok(buffer.equals(pages));
});

// Operations that write into the caller's memory, by what they write into: [name, length, start].
const WRITERS = [
  ["sealPages", 2048, (buffer) => codec.sealPages(2, buffer)],
  ["openPages", 2048, (buffer) => codec.openPages(2, buffer)],
  ["sealPagesInto", 2048, (buffer) => codec.sealPagesInto(2, plain, buffer)],
  ["openPagesInto", 2048, (buffer) => codec.openPagesInto(2, codec.sealedPagesSync(2, plain), buffer)],
  ["sealInto", 116, (buffer) => aead.sealInto(Buffer.alloc(100), buffer, { nonce })],
  ["openInto", 100, (buffer) => aead.openInto(aead.sealSync(Buffer.alloc(100), { nonce }), buffer, { nonce })],
  ["sealDetached", 100, (buffer) => aead.sealDetached(buffer, { nonce })],
  ["openDetached", 100, (buffer) => aead.openDetached(buffer, new Uint8Array(16), { nonce })],
  ["sealFrames", 4 * 536, (buffer) => codec.sealFrames(startChain(), buffer), () => plainFrames(codec, 4)],
  ["openFrames", 4 * 536, (buffer) => codec.openFrames(1, buffer), () => sealedFrames],
  ["openFramesInto", 4 * 536, (buffer) => codec.openFramesInto(1, sealedFrames, buffer)],
];

test("memory that is transferred meanwhile is not written to, and the promise says so", async () => {
  for (const [name, length, start, content] of WRITERS) {
    const buffer = new Uint8Array(length);
    if (content) buffer.set(content());
    const before = Buffer.from(buffer);
    const running = start(buffer);
    const taken = new Uint8Array(structuredClone(buffer.buffer, { transfer: [buffer.buffer] }));
    await assert.rejects(running, (error) => isRefused(error) || error.code === "authentication_failed", name);
    assert.ok(before.equals(taken), `${name} wrote to memory that was given away`);
  }
});

test(
  "memory that is resized meanwhile is not written to, and the promise says so",
  { skip: lacksResizable },
  async () => {
    for (const [name, length, start, content] of WRITERS) {
      const memory = resizable(length, 2 * length);
      const buffer = new Uint8Array(memory);
      if (content) buffer.set(content());
      const outcome = settle(() => start(buffer));
      memory.resize(length - 50);
      const before = Buffer.from(memory.slice(0));
      const { error } = await outcome;
      assert.ok(
        error !== undefined && (isRefused(error) || error.code === "authentication_failed"),
        `${name}: ${error?.stack}`,
      );
      assert.ok(before.equals(Buffer.from(memory.slice(0))), `${name} wrote`);
    }
  },
);

test("a codec of the largest pages takes a large run", async () => {
  const large = new PageCodec(testKey(), { pageSize: 65536 });
  const buffer = new Uint8Array(64 * 65536);
  for (const suffix of ["", "Sync"]) {
    await large[`sealPages${suffix}`](2, buffer);
    await large[`openPages${suffix}`](2, buffer);
    assert.ok(buffer.every((byte) => byte === 0));
  }
});
