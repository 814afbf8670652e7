import assert from "node:assert/strict";
import { copyFileSync, existsSync, readFileSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { pathToFileURL } from "node:url";

import {
  CancelledError,
  DestinationExistsError,
  InputOutputError,
  LockedError,
  UnsupportedFormatError,
  decryptFile,
  decryptFileSync,
  encryptFile,
  encryptFileSync,
  verifyFile,
  verifyFileSync,
} from "libpagecrypt";

import { contentOf, copyOf, folderOf } from "./folders.mjs";
import { lacksLocks, lockedByAnother } from "./locks.mjs";
import { testKey } from "./pages.mjs";
import { PLAIN, TURSO_CIPHERS, readVector, samples, vectorPath } from "./vectors.mjs";

const plain = vectorPath(PLAIN);

// Both forms of each function, awaited alike.
const encrypts = [
  ["encryptFile", encryptFile],
  ["encryptFileSync", async (...p) => encryptFileSync(...p)],
];
const decrypts = [
  ["decryptFile", decryptFile],
  ["decryptFileSync", async (...p) => decryptFileSync(...p)],
];
const verifies = [
  ["verifyFile", verifyFile],
  ["verifyFileSync", async (...p) => verifyFileSync(...p)],
];

test("a database is encrypted, verified and decrypted under every cipher", async (t) => {
  const folder = folderOf(t);
  for (const cipher of TURSO_CIPHERS) {
    const key = testKey(cipher);
    for (const i of [0, 1]) {
      const [encrypted, opened, compact] = ["encrypted", "opened", "compact"].map((name) =>
        join(folder, `${cipher}-${i}.${name}`),
      );
      const summary = await encrypts[i][1](plain, encrypted, key);
      assert.deepEqual(
        [
          summary.cipher,
          summary.engine,
          summary.way,
          summary.pageSize,
          summary.sourcePageSize,
          summary.framesApplied,
          summary.grew,
        ],
        [cipher, key.engine, "rebuilt", 4096, 4096, 0, false],
      );
      assert.equal(summary.bytes, statSync(encrypted).size);
      assert.equal(summary.bytes, summary.pages * summary.pageSize);
      const report = await verifies[i][1](encrypted, key);
      assert.deepEqual(
        [report.intact, report.error, report.pages, report.pagesChecked, report.cipher, report.log],
        [true, null, summary.pages, summary.pages, cipher, null],
      );
      assert.equal((await decrypts[i][1](encrypted, opened, key)).way, "opened");
      assert.equal((await decrypts[i][1](encrypted, compact, key, { compact: true })).way, "repacked");
      for (const path of [opened, compact])
        assert.equal(readFileSync(path).toString("latin1", 0, 16), "SQLite format 3\0");
      assert.ok(readFileSync(compact)[20] === 0 && readFileSync(opened)[20] > 0);
      // With its reserved bytes, it is sealed page by page.
      assert.equal((await encrypts[i][1](opened, encrypted, key, { force: true, format: "turso" })).way, "sealed");
    }
  }
});

test("what Turso wrote is verified and decrypted, its log applied", async (t) => {
  for (const sample of samples) {
    const { folder, path, key } = copyOf(t, sample.name);
    for (const [, verify] of verifies) {
      const report = await verify(path, key);
      assert.ok(report.intact, `${sample.name}: ${report.findings}`);
      assert.equal(report.pages, sample.page_count);
      assert.equal(report.requireIntact(), report);
      if (sample.files.length > 1)
        assert.ok(report.log.committed > 0 && report.log.problem === null && report.log.damaged.length === 0);
    }
    for (const [name, decrypt] of decrypts) {
      const summary = await decrypt(path, join(folder, name), key);
      assert.equal(summary.pages, sample.page_count);
      assert.equal(summary.framesApplied > 0, sample.files.length > 1);
    }
    assert.ok(readFileSync(join(folder, "decryptFile")).equals(readFileSync(join(folder, "decryptFileSync"))));
  }
});

test("results are frozen, plain and fit for JSON", async (t) => {
  const { path, folder, key } = copyOf(t, "aegis256-4096-walmixed");
  const report = await verifyFile(path, key);
  const summary = await decryptFile(path, join(folder, "plain"), key);
  for (const value of [report, report.log, summary]) assert.ok(Object.isFrozen(value));
  const { log, ...said } = JSON.parse(JSON.stringify(report));
  assert.deepEqual([said.intact, said.error, log.damaged], [true, null, []]);
  assert.equal(JSON.parse(JSON.stringify(summary)).way, "opened");
});

test("paths are text, URLs or bytes", async (t) => {
  const folder = folderOf(t);
  const key = testKey();
  const name = join(folder, "dätä \u{1f512} %20.db");
  for (const [i, form] of [(path) => path, pathToFileURL, (path) => Buffer.from(path)].entries()) {
    for (const [, encrypt] of encrypts) {
      await encrypt(form(plain), form(name), key, { force: true });
      assert.ok((await verifyFile(form(name), key)).intact, `form ${i}`);
    }
  }
  if (process.platform === "linux") {
    const bytes = Buffer.concat([Buffer.from(join(folder, "not UTF-8 ")), Buffer.of(0xff)]);
    await encryptFile(plain, bytes, key);
    assert.ok(existsSync(bytes) && (await verifyFile(bytes, key)).intact);
  }
});

test("paths that are none are refused", async (t) => {
  const folder = folderOf(t);
  const key = testKey();
  for (const path of ["a\0b", Buffer.from("a\0b"), new URL("https://example.org/x.db")]) {
    for (const [, verify] of verifies)
      await assert.rejects(verify(path, key), {
        code: /^(ERR_INVALID_ARG_VALUE|invalid_argument|ERR_INVALID_URL_SCHEME)$/,
      });
    for (const [, encrypt] of encrypts) await assert.rejects(encrypt(plain, path, key), Error);
  }
  assert.deepEqual(contentOf(folder), {});
});

test("progress ends at the total and is told on the main thread", async (t) => {
  const { path, folder, key } = copyOf(t);
  for (const [name, work] of [
    ...encrypts.map(([name, encrypt]) => [
      name,
      (progress) => encrypt(plain, join(folder, "e"), key, { progress, force: true }),
    ]),
    ...decrypts.map(([name, decrypt]) => [
      name,
      (progress) => decrypt(path, join(folder, "d"), key, { progress, force: true }),
    ]),
    ...decrypts.map(([name, decrypt]) => [
      `${name}, compact`,
      (progress) => decrypt(path, join(folder, "c"), key, { progress, force: true, compact: true }),
    ]),
    ...verifies.map(([name, verify]) => [name, (progress) => verify(path, key, { progress })]),
  ]) {
    const calls = [];
    await work((...parameters) => void calls.push(parameters));
    assert.ok(calls.length > 0, `${name}: no progress`);
    let last = -1;
    for (const [done, total, ...more] of calls) {
      assert.ok(
        typeof done === "number" && typeof total === "number" && done <= total && done >= last && more.length === 0,
        `${name}: ${done} of ${total}`,
      );
      last = done;
    }
    assert.ok(last > 0, `${name}: ended at ${last}`);
  }
});

test("a progress function that throws stops the work, and the error is its own", async (t) => {
  const { path, folder, key } = copyOf(t);
  const before = contentOf(folder);
  for (const boom of [new Error("boom"), "text", undefined, 0]) {
    let calls = 0;
    const progress = () => {
      calls++;
      throw boom;
    };
    for (const [name, work] of conversions(path, folder, key)) {
      calls = 0;
      const outcome = await work({ progress }).then(
        () => "done",
        (error) => ({ error }),
      );
      assert.deepEqual(outcome, { error: boom }, name);
      if (boom !== undefined) assert.equal(outcome.error, boom, name);
      assert.equal(calls, 1, `${name}: it was called again`);
      assert.deepEqual(contentOf(folder), before, name);
    }
  }
});

test("a progress function that returns false cancels the work", async (t) => {
  const { path, folder, key } = copyOf(t);
  const before = contentOf(folder);
  for (const [name, work] of conversions(path, folder, key)) {
    await assert.rejects(work({ progress: () => false }), { constructor: CancelledError, code: "cancelled" }, name);
    assert.deepEqual(contentOf(folder), before, name);
  }
  for (const value of [undefined, true, null, 0, "", Promise.resolve(false)]) {
    for (const [, work] of conversions(path, folder, key)) await work({ progress: () => value, force: true });
  }
});

function conversions(path, folder, key) {
  return [
    ...encrypts.map(([name, encrypt]) => [name, (options) => encrypt(plain, join(folder, "x"), key, options)]),
    ...decrypts.map(([name, decrypt]) => [name, (options) => decrypt(path, join(folder, "x"), key, options)]),
    ...decrypts.map(([name, decrypt]) => [
      `${name}, compact`,
      (options) => decrypt(path, join(folder, "x"), key, { ...options, compact: true }),
    ]),
    ...verifies.map(([name, verify]) => [name, ({ progress }) => verify(path, key, { progress })]),
  ];
}

test("the key may be closed while it is used", async (t) => {
  const { path, folder, key } = copyOf(t);
  const clone = key.clone();
  const running = decryptFile(path, join(folder, "x"), key);
  key.close();
  assert.equal((await running).pages, 30);
  verifyFileSync(path, clone, { progress: () => clone.close() });
});

test("errors of the operating system are its own", async (t) => {
  const folder = folderOf(t);
  const [missing, there] = [join(folder, "missing"), join(folder, "there")];
  const key = testKey();
  writeFileSync(there, "no database");
  const notFound = { constructor: InputOutputError, code: "io", path: missing, syscallCode: "ENOENT" };
  for (const [, verify] of verifies) await assert.rejects(verify(missing, key), notFound);
  for (const [, decrypt] of decrypts) await assert.rejects(decrypt(missing, join(folder, "x"), key), notFound);
  for (const [, encrypt] of encrypts) {
    await assert.rejects(encrypt(missing, join(folder, "x"), key), notFound);
    await assert.rejects(encrypt(plain, join(missing, "x"), key), {
      constructor: InputOutputError,
      syscallCode: "ENOENT",
    });
    await assert.rejects(encrypt(plain, there, key), { constructor: DestinationExistsError, code: "file_exists" });
    await assert.rejects(encrypt(there, join(folder, "x"), key), UnsupportedFormatError);
  }
  const error = await verifyFile(missing, key).catch((error) => error);
  assert.ok(error.errno === 2 || error.errno === -2, `errno ${error.errno}`);
  assert.match(error.message, /missing/);
});

test("a destination beside which a foreign log lies is refused", async (t) => {
  const { path, folder, key } = copyOf(t);
  writeFileSync(join(folder, "x-wal"), "of another database");
  for (const [, decrypt] of decrypts) {
    await assert.rejects(decrypt(path, join(folder, "x"), key), {
      constructor: LockedError,
      code: "locked",
      lockedBy: "leftover",
    });
  }
});

test("force replaces a destination, and only then", async (t) => {
  const { path, folder, key } = copyOf(t);
  const destination = join(folder, "x");
  writeFileSync(destination, "old");
  for (const [, decrypt] of decrypts) {
    await assert.rejects(decrypt(path, destination, key, { force: false }), DestinationExistsError);
    assert.equal(readFileSync(destination, "utf8"), "old");
  }
  await decryptFile(path, destination, key, { force: true });
  assert.equal(readFileSync(destination).length, readVector(PLAIN).length);
});

test("another program's lock is waited for, as long as is asked", { skip: lacksLocks }, async (t) => {
  const { path, folder, key } = copyOf(t);
  const before = contentOf(folder);
  const lock = await lockedByAnother(t, path);
  const isLocked = { constructor: LockedError, code: "locked", lockedBy: "writer" };
  for (const [, verify] of verifies) await assert.rejects(verify(path, key, { wait: 0 }), isLocked);
  for (const [, decrypt] of decrypts) {
    await assert.rejects(decrypt(path, join(folder, "x"), key, { wait: 1 }), isLocked);
    await assert.rejects(decrypt(path, join(folder, "x"), key, { wait: 0, compact: true }), isLocked);
  }
  assert.deepEqual(contentOf(folder), before);
  const waiting = verifyFile(path, key, { wait: 600_000 });
  await lock.release();
  assert.ok((await waiting).intact);
});

const sqlite = await import("node:sqlite").catch(() => undefined);
const lacksSqlite =
  process.platform !== "linux" ? "Linux tells of its locks" : sqlite === undefined && "this Node has no SQLite";

test("what this process has locked through another SQLite is left alone", { skip: lacksSqlite }, async (t) => {
  const { folder, key } = copyOf(t);
  const source = join(folder, "source.db");
  copyFileSync(plain, source);
  const database = new sqlite.DatabaseSync(source);
  t.after(() => database.close());
  database.exec("BEGIN IMMEDIATE");
  for (const [, encrypt] of encrypts) {
    const isOurs = { constructor: LockedError, lockedBy: "this_process" };
    await assert.rejects(encrypt(source, join(folder, "x"), key, { wait: 0 }), isOurs);
  }
  database.exec("INSERT INTO users(name) VALUES ('still locked'); COMMIT");
  assert.ok((await encryptFile(source, join(folder, "x"), key)).pages > 0);
});

test("a promise never throws at once", () => {
  const key = testKey();
  for (const attempt of [
    () => encryptFile(),
    () => encryptFile(1, 2, 3),
    () => decryptFile(plain, null, key),
    () => verifyFile(plain, {}),
    () => verifyFile(plain, key, { threads: "many" }),
  ]) {
    const promise = attempt();
    assert.ok(promise instanceof Promise);
    promise.catch(() => {});
  }
});

test("the number of threads does not change the report", async (t) => {
  const { path, key } = copyOf(t);
  const content = readFileSync(path);
  content[5 * 4096 + 9] ^= 1;
  writeFileSync(path, content);
  const reports = await Promise.all([1, 2, 7, undefined].map((threads) => verifyFile(path, key, { threads })));
  for (const { damagedPages } of reports) assert.deepEqual(damagedPages, [{ first: 6, last: 6 }]);
});
