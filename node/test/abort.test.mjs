// A signal stops work on files well before its end, and nothing is left behind.

import assert from "node:assert/strict";
import { copyFileSync } from "node:fs";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";

import { PageReader, decryptFile, decryptFileSync, encryptFile, verifyFile } from "libpagecrypt";

import { writeLargeEncrypted, writeLargePlain } from "./databases.mjs";
import { contentOf, copyOf, folderOf } from "./folders.mjs";
import { lacksLocks, lockedByAnother } from "./locks.mjs";
import { PLAIN, vectorPath } from "./vectors.mjs";

const MEBIBYTES = 256;

let sources;
let key;
let plain;
let reserved;
let encrypted;
let compactable;

before(async () => {
  sources = mkdtempSync(join(tmpdir(), "pagecrypt-node-"));
  [plain, reserved, encrypted, compactable] = ["plain", "reserved", "encrypted", "compactable"].map((name) =>
    join(sources, name),
  );
  writeLargePlain(plain, MEBIBYTES);
  ({ key } = writeLargeEncrypted(encrypted, MEBIBYTES * 256));
  await encryptFile(plain, compactable, key);
  decryptFileSync(compactable, reserved, key);
});
after(() => rmSync(sources, { recursive: true, force: true }));

const WORK = {
  "encryptFile, rebuilding": (destination, options) => encryptFile(plain, destination, key, options),
  "encryptFile, page by page": (destination, options) => encryptFile(reserved, destination, key, options),
  decryptFile: (destination, options) => decryptFile(encrypted, destination, key, options),
  "decryptFile, compact": (destination, options) =>
    decryptFile(compactable, destination, key, { ...options, compact: true }),
  verifyFile: (_, options) => verifyFile(encrypted, key, { ...options, threads: 1 }),
};

for (const [name, work] of Object.entries(WORK)) {
  test(`${name} stops when its signal is aborted`, async (t) => {
    const folder = folderOf(t);
    const destination = join(folder, "destination");
    // From progress: it tells how far the work was.
    const control = new AbortController();
    const reason = new Error("enough");
    let last;
    let aborted;
    const progress = (done, total) => {
      last = { done, total };
      if (done > 0 && aborted === undefined) {
        aborted = performance.now();
        control.abort(reason);
      }
    };
    await assert.rejects(work(destination, { signal: control.signal, progress }), (error) => error === reason);
    t.diagnostic(`${(performance.now() - aborted).toFixed(1)} ms after the signal`);
    assert.ok(last.done < last.total / 2, `it went on to ${last.done} of ${last.total}`);
    assert.deepEqual(contentOf(folder), {});

    // Without progress, from a timer or at once.
    for (const abort of [
      (control) => setImmediate(() => control.abort()),
      (control) => setTimeout(() => control.abort(), 5),
      (control) => control.abort(),
    ]) {
      const control = new AbortController();
      const running = work(destination, { signal: control.signal });
      abort(control);
      await assert.rejects(running, (error) => error === control.signal.reason && error.name === "AbortError");
      assert.deepEqual(contentOf(folder), {});
    }

    // A signal that is aborted already: progress is never told.
    const never = () => assert.fail("it was started");
    await assert.rejects(
      work(destination, { signal: AbortSignal.abort(reason), progress: never }),
      (error) => error === reason,
    );
    await assert.rejects(work(destination, { signal: AbortSignal.timeout(1) }), { name: "TimeoutError" });
    assert.deepEqual(contentOf(folder), {});
  });
}

test("what aborts after the end changes nothing", async (t) => {
  const { path, folder, key } = copyOf(t);
  const control = new AbortController();
  await decryptFile(path, join(folder, "x"), key, { signal: control.signal });
  control.abort();
  assert.ok((await verifyFile(path, key)).intact);
  assert.ok("x" in contentOf(folder));
});

test("an existing destination is left as it was", async (t) => {
  const { path, folder, key } = copyOf(t);
  const destination = join(folder, "x");
  copyFileSync(vectorPath(PLAIN), destination);
  const before = contentOf(folder);
  const control = new AbortController();
  const running = decryptFile(path, destination, key, {
    force: true,
    signal: control.signal,
    progress: () => control.abort(),
  });
  await assert.rejects(running, (error) => error === control.signal.reason);
  assert.deepEqual(contentOf(folder), before);
});

test("waiting for another program's lock ends with the signal", { skip: lacksLocks }, async (t) => {
  const { path, folder, key } = copyOf(t);
  const plainCopy = join(folder, "plain");
  copyFileSync(vectorPath(PLAIN), plainCopy);
  await lockedByAnother(t, path);
  await lockedByAnother(t, plainCopy);
  const before = contentOf(folder);
  for (const wait of [
    (options) => verifyFile(path, key, options),
    (options) => decryptFile(path, join(folder, "x"), key, options),
    (options) => decryptFile(path, join(folder, "x"), key, { ...options, compact: true }),
    (options) => encryptFile(plainCopy, join(folder, "x"), key, options),
    (options) => PageReader.open(path, key, options),
  ]) {
    const control = new AbortController();
    const running = wait({ wait: 600_000, signal: control.signal }); // longer than the test may take
    const started = performance.now();
    setTimeout(() => control.abort(), 30);
    await assert.rejects(running, (error) => error === control.signal.reason, wait.toString());
    t.diagnostic(`${(performance.now() - started - 30).toFixed(1)} ms after the signal`);
  }
  assert.deepEqual(contentOf(folder), before);
});
