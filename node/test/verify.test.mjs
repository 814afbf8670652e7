import assert from "node:assert/strict";
import { readFileSync, truncateSync, writeFileSync } from "node:fs";
import { test } from "node:test";

import {
  AuthenticationError,
  KeyLengthError,
  MalformedError,
  NotEncryptedError,
  WrongKeyError,
  verifyFile,
  verifyFileSync,
} from "libpagecrypt";

import { copyOf } from "./folders.mjs";
import { testKey } from "./pages.mjs";
import { PLAIN, vectorPath } from "./vectors.mjs";

const verifies = [verifyFile, async (...parameters) => verifyFileSync(...parameters)];

test("damaged, foreign and trailing bytes are located", async (t) => {
  const { path, key } = copyOf(t);
  const content = readFileSync(path);
  for (const page of [3, 4, 9]) content[(page - 1) * 4096 + 1000] ^= 1;
  writeFileSync(path, Buffer.concat([content, Buffer.alloc(4096 + 5)])); // a foreign page and a piece of one
  for (const verify of verifies) {
    const report = await verify(path, key);
    assert.equal(report.intact, false);
    assert.deepEqual(report.damagedPages, [
      { first: 3, last: 4 },
      { first: 9, last: 9 },
    ]);
    assert.deepEqual(report.foreignPages, [{ first: 31, last: 31 }]);
    assert.deepEqual([report.missingPages, report.surplusPages, report.damagedHeader], [[], [], []]);
    assert.deepEqual([report.trailingBytes, report.pagesChecked, report.pages], [5, 31, 30]);
    assert.ok(report.findings.length > 0 && report.findings.every((finding) => typeof finding === "string"));
    assert.ok(report.error instanceof AuthenticationError);
    assert.deepEqual([report.error.unit, report.error.numbers, report.error.page], ["page", [3, 4, 9], 3]);
    assert.throws(
      () => report.requireIntact(),
      (error) => error === report.error || error.code === report.error.code,
    );
    assert.doesNotThrow(() => JSON.stringify(report));
  }
  writeFileSync(path, content.subarray(0, 2 * 4096));
  for (const verify of verifies) {
    const report = await verify(path, key);
    assert.deepEqual(report.missingPages, [{ first: 3, last: 30 }]);
    assert.throws(() => report.requireIntact(), MalformedError);
  }
});

test("damage of the header and of the log is located", async (t) => {
  const { path, key } = copyOf(t, "aegis256-4096-walmixed");
  const [content, log] = [readFileSync(path), readFileSync(`${path}-wal`)];
  content[6] = 4; // another cipher
  log[32 + 2 * 4120 + 24 + 100] ^= 1;
  writeFileSync(path, content);
  writeFileSync(`${path}-wal`, log);
  for (const verify of verifies) {
    const report = await verify(path, key);
    assert.equal(report.damagedHeader.length, 1);
    assert.equal(report.log.damaged[0].first, 3);
    assert.ok(report.error instanceof AuthenticationError);
  }
});

test("another key is told from damage", async (t) => {
  const { path, key } = copyOf(t);
  for (const verify of verifies) {
    await assert.rejects(verify(path, testKey()), { constructor: WrongKeyError, code: "wrong_key", onlyPage: false });
    await assert.rejects(verify(path, testKey("aes128gcm")), { constructor: KeyLengthError, expected: 32, got: 16 });
    assert.ok((await verify(path, key.withCipher("aes256gcm"))).intact, "the file names its cipher itself");
  }
  truncateSync(path, 4096);
  for (const verify of verifies)
    await assert.rejects(verify(path, testKey()), { constructor: WrongKeyError, onlyPage: true });
});

test("a plain database is not encrypted", async () => {
  for (const verify of verifies)
    await assert.rejects(verify(vectorPath(PLAIN), testKey()), {
      constructor: NotEncryptedError,
      code: "not_encrypted",
    });
});
