// What could crash or hang, each in a process of its own: the end of the process or of a worker during work, and garbage
// collections at any time.

import assert from "node:assert/strict";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { mkdtempSync, readdirSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";

import { PRELUDE, ends } from "./children.mjs";
import { writeLargeEncrypted, writeLargePlain } from "./databases.mjs";

const MEBIBYTE = 1 << 20;

let folder;
let FILES;
let expected;

before(() => {
  folder = mkdtempSync(join(tmpdir(), "pagecrypt-node-"));
  writeLargePlain(join(folder, "plain.db"), 64);
  const { key } = writeLargeEncrypted(join(folder, "encrypted.db"), 64 * 256);
  FILES = `
const folder = ${JSON.stringify(folder)};
const plain = join(folder, "plain.db"), encrypted = join(folder, "encrypted.db");
const key = Key.fromText(${JSON.stringify(key.toText())}, "aegis256");
const destination = () => join(folder, "new-" + process.pid + "-" + Math.random());
const nonce = new Uint8Array(32);
`;
  expected = readdirSync(folder);
});
after(() => rmSync(folder, { recursive: true, force: true }));

// Work that takes some time, as an expression that gives a promise.
const WORK = {
  encryptFile: "encryptFile(plain, destination(), key)",
  decryptFile: "decryptFile(encrypted, destination(), key)",
  "decryptFile, compact": "decryptFile(encrypted, destination(), key, { compact: true })",
  "encryptFile with progress": "encryptFile(plain, destination(), key, { progress() {} })",
  verifyFile: "verifyFile(encrypted, key)",
  "verifyFile with progress and a signal":
    "verifyFile(encrypted, key, { progress() {}, signal: new AbortController().signal })",
  sealPages: `new PageCodec(key).sealPages(2, new Uint8Array(${32 * MEBIBYTE}))`,
  seal: `new Aead(key).seal(new Uint8Array(${32 * MEBIBYTE}), { nonce })`,
  sealBatch: `new Aead(key).sealBatch(Array(32).fill(new Uint8Array(${MEBIBYTE})), { nonces: Array(32).fill(nonce) })`,
  readAt: "PageReader.open(encrypted, key).then((reader) => reader.readAt(0, reader.size))",
  "a stream":
    "PageReader.open(encrypted, key).then(async (reader) => { for await (const _ of reader.createReadStream()); })",
};

/** Destinations that a process left when it ended amid the work are a process's right; they are cleared away here. */
function clear() {
  for (const name of readdirSync(folder)) if (!expected.includes(name)) rmSync(join(folder, name), { force: true });
}

for (const [name, work] of Object.entries(WORK)) {
  test(`the process may end during ${name}`, async () => {
    await ends(`${PRELUDE}${FILES} ${work}; await pause(5); process.exit(7);`, { code: 7 });
    await ends(`${PRELUDE}${FILES} for (let i = 0; i < 8; i++) ${work}; process.exit(8);`, { code: 8 });
    await ends(`${PRELUDE}${FILES} ${work}; setImmediate(() => { throw new Error("uncaught"); });`, { code: 1 });
    clear();
  });

  test(`the process lives until ${name} is done, and not longer`, async () => {
    const { stdout } = await ends(
      `${PRELUDE}${FILES} ${work}.then(() => console.log("done"), (error) => console.log("done", error.code));`,
    );
    assert.match(stdout, /^done/);
    clear();
  });

  test(`a worker may be terminated during ${name}`, async () => {
    await ends(`${PRELUDE}${FILES}
const program = ${JSON.stringify(workerProgram(work))};
for (let round = 0; round < 6; round++) {
  const workers = Array.from({ length: 2 }, () => new Worker(program, { eval: true, execArgv: [] }));
  await Promise.all(workers.map((worker) => new Promise((resolve) => worker.once("message", resolve))));
  await pause(round * 3);
  await Promise.all(workers.map((worker) => worker.terminate()));
}
assert.equal((await new Aead(key).seal(new Uint8Array(10), { nonce })).length, 26);
console.log("alive");`);
    clear();
  });
}

/** A worker of CommonJS text, which does the work again and again. */
function workerProgram(work) {
  return `
const { join } = require("node:path");
const { parentPort } = require("node:worker_threads");
const { Aead, Key, PageCodec, PageReader, decryptFile, encryptFile, verifyFile } = require("libpagecrypt");
${FILES}
parentPort.postMessage("loaded");
(async () => { for (;;) await ${work}.catch(() => {}); })();
`;
}
test("eight workers load, work and end at once, again and again", async () => {
  await ends(`${PRELUDE}
const program = ${JSON.stringify(`
const { workerData } = require("node:worker_threads");
const { Aead, Key, PageCodec } = require("libpagecrypt");
const key = Key.generate();
const codec = new PageCodec(key);
const pages = new Uint8Array(16 * 4096);
(async () => {
  codec.sealPagesSync(2, pages);
  await codec.openPages(2, pages);
  if (pages.some((byte) => byte !== 0)) process.exit(9);
  await codec.openPages(2, pages).then(() => process.exit(10), (error) => { if (error.code !== "authentication_failed") process.exit(11); });
  if (workerData % 2) process.exit(0); // with everything still there
})();
`)};
for (let round = 0; round < 5; round++) {
  const codes = await Promise.all(Array.from({ length: 8 }, (_, i) => new Promise((resolve, reject) => {
    new Worker(program, { eval: true, execArgv: [], workerData: i }).once("error", reject).once("exit", resolve);
  })));
  assert.deepEqual(codes, Array(8).fill(0));
}`);
});

test("garbage collections at any time take nothing that is used", async () => {
  await ends(
    `${PRELUDE}${FILES}
const work = [
  () => new Aead(Key.generate()).seal(new Uint8Array(100_000), { nonce }),
  () => new PageCodec(Key.generate()).sealPages(2, new Uint8Array(64 * 4096)),
  () => new PageCodec(Key.generate()).sealedPages(2, new Uint8Array(64 * 4096)),
  () => new Aead(Key.generate()).sealBatch([new Uint8Array(10), new Uint8Array(10_000)], { nonces: [nonce, nonce] }),
  () => new PageCodec(Key.generate()).sealFrames(WalChain.start(new WalHeader({ pageSize: 4096, salts: [1, 2] })), (() => { const frame = new Uint8Array(4120); frame[3] = 2; return frame; })()),
  () => PageReader.open(encrypted, key).then((reader) => reader.readAt(5, 100_000)),
  () => verifyFile(encrypted, key.clone(), { progress: () => void gc(), signal: new AbortController().signal }),
];
for (let round = 0; round < 10; round++) {
  const running = work.flatMap((start) => [start(), start()]);
  for (let i = 0; i < 5; i++) { gc(); await new Promise(setImmediate); }
  await Promise.all(running);
}
for (let i = 0; i < 1000; i++) { Key.generate(); new Aead(key); new PageCodec(key); WalChain.start(new WalHeader({ pageSize: 512, salts: [1, 2] })); if (i % 100 === 0) gc(); }
verifyFileSync(encrypted, key, { progress: () => void gc() });
gc();`,
    { flags: ["--expose-gc"] },
  );
});

test("results and handles that are dropped give their memory back", async () => {
  await ends(
    `${PRELUDE}${FILES}
const aead = new Aead(key), codec = new PageCodec(key), text = new Uint8Array(${MEBIBYTE});
async function round() {
  for (let i = 0; i < 40; i++) {
    aead.sealSync(text, { nonce });
    await aead.seal(text, { nonce });
    await codec.sealedPages(2, text);
    await aead.sealBatch([text], { nonces: [nonce] });
    for (let j = 0; j < 20; j++) new PageCodec(Key.generate());
    await codec.openPages(2, new Uint8Array(8192)).catch(() => {});
    const reader = await PageReader.open(encrypted, key);
    await reader.readAt(0, ${MEBIBYTE});
    gc();
    await new Promise(setImmediate);
  }
  gc();
}
await round();
const before = process.memoryUsage.rss();
for (let i = 0; i < 3; i++) await round();
const grown = (process.memoryUsage.rss() - before) / ${MEBIBYTE};
assert.ok(grown < 200, \`grew by \${grown.toFixed(0)} MiB in 120 rounds of some 5 MiB\`);`,
    { flags: ["--expose-gc"] },
  );
});

test("waiting for a lock holds up nothing else", async (t) => {
  const { lacksLocks, lockedByAnother } = await import("./locks.mjs");
  if (lacksLocks) return t.skip(lacksLocks);
  const lock = await lockedByAnother(t, join(folder, "encrypted.db"));
  await ends(`${PRELUDE}${FILES}
import { stat } from "node:fs/promises";
const control = new AbortController();
const waiting = Array.from({ length: 16 }, (_, i) =>
  i % 2 ? verifyFile(encrypted, key, { wait: 600_000, signal: control.signal }) : PageReader.open(encrypted, key, { wait: 600_000, signal: control.signal }));
await pause(50);
await stat(plain);
assert.equal((await new Aead(key).seal(new Uint8Array(10), { nonce })).length, 26);
assert.ok((await pagecrypt.inspectFile(plain)).pages > 0);
control.abort();
for (const { reason } of await Promise.allSettled(waiting)) assert.equal(reason, control.signal.reason);`);
  await lock.release();
});

test("the process may end while work waits for a lock", async (t) => {
  const { lacksLocks, lockedByAnother } = await import("./locks.mjs");
  if (lacksLocks) return t.skip(lacksLocks);
  await lockedByAnother(t, join(folder, "encrypted.db"));
  await ends(
    `${PRELUDE}${FILES} for (let i = 0; i < 6; i++) verifyFile(encrypted, key, { wait: 600_000 }); await pause(30); process.exit(7);`,
    { code: 7 },
  );
  await ends(`${PRELUDE}${FILES}
const worker = new Worker(${JSON.stringify(workerProgram("verifyFile(encrypted, key, { wait: 600_000 })"))}, { eval: true, execArgv: [] });
await new Promise((resolve) => worker.once("message", resolve));
await pause(30);
await worker.terminate();`);
});

test("progress may do anything", async () => {
  await ends(
    `${PRELUDE}${FILES}
const small = ${JSON.stringify(join(import.meta.dirname, "../../vectors/turso/aegis256-4096-small.db"))};
const smallKey = Key.fromText("4303835854832fee55b558d2b0a6c7441496cdddfb5c74eab5707e62b5d63ef2", "aegis256");
const reader = PageReader.openSync(encrypted, key);
const inside = [
  () => verifyFileSync(small, smallKey),
  () => verifyFileSync(encrypted, key, { progress: () => { assert.ok(verifyFileSync(small, smallKey).intact); return false; } }),
  () => decryptFileSync(small, destination(), smallKey),
  () => reader.readAtSync(0, 5000),
  () => void new PageCodec(key).sealPagesSync(2, new Uint8Array(8192)),
  () => void verifyFile(small, smallKey).catch(() => {}),
  () => void process.nextTick(() => {}),
  () => void Key.generate().close(),
];
for (const progress of inside) {
  const guarded = () => { try { progress(); } catch (error) { assert.equal(error.code, "cancelled"); } };
  verifyFileSync(encrypted, key, { progress: guarded });
  await verifyFile(encrypted, key, { progress: guarded });
  decryptFileSync(small, destination(), smallKey, { progress: guarded });
  await decryptFile(small, destination(), smallKey, { progress: guarded });
}
// Recursion without an end.
const again = () => { verifyFileSync(small, smallKey, { progress: again }); };
assert.throws(() => verifyFileSync(small, smallKey, { progress: again }), RangeError);
assert.ok(verifyFileSync(small, smallKey).intact);
// The end of the process within progress.
await verifyFile(encrypted, key, { progress: () => process.exit(7) });`,
    { code: 7 },
  );
  clear();
});

test("the process may end within progress of synchronous work", async () => {
  await ends(`${PRELUDE}${FILES} verifyFileSync(encrypted, key, { progress: () => process.exit(7) });`, { code: 7 });
  await ends(
    `${PRELUDE}${FILES} encryptFileSync(plain, destination(), key, { progress: () => { throw new Error("uncaught"); } });`,
    { code: 1 },
  );
  clear();
});
