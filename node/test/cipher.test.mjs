import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { test } from "node:test";

import * as pagecrypt from "libpagecrypt";
import { Key, UnknownCipherError, UnknownEngineError, cipher, ciphers, engines } from "libpagecrypt";

import { testKey } from "./pages.mjs";
import { CIPHERS } from "./vectors.mjs";

// [key, nonce, longest message, seals under random nonces], by number
const CATALOGUE = [
  ["aes128gcm", "aes-128-gcm", 16, 12, 2n ** 36n - 32n, 2n ** 32n],
  ["aes256gcm", "aes-256-gcm", 32, 12, 2n ** 36n - 32n, 2n ** 32n],
  ["aegis256", "aegis-256", 32, 32, 2n ** 61n - 1n, null],
  ["aegis256x2", "aegis-256x2", 32, 32, 2n ** 61n - 1n, null],
  ["aegis256x4", "aegis-256x4", 32, 32, 2n ** 61n - 1n, null],
  ["aegis128l", "aegis-128l", 16, 16, 2n ** 61n - 1n, 2n ** 48n],
  ["aegis128x2", "aegis-128x2", 16, 16, 2n ** 61n - 1n, 2n ** 48n],
  ["aegis128x4", "aegis-128x4", 16, 16, 2n ** 61n - 1n, 2n ** 48n],
  ["chacha20poly1305", "chacha20-poly1305", 32, 12, 2n ** 38n - 64n, 2n ** 32n],
];

test("the catalogue is the one of every language", () => {
  const rows = ciphers();
  assert.deepEqual(
    rows.map((row) => row.name),
    CIPHERS,
  );
  for (const [i, [name, hyphenatedName, keyLength, nonceLength, longest, seals]] of CATALOGUE.entries()) {
    const row = rows[i];
    assert.deepEqual(
      [row.name, row.hyphenatedName, row.number, row.keyLength, row.nonceLength],
      [name, hyphenatedName, i + 1, keyLength, nonceLength],
    );
    assert.equal(row.tagLength, pagecrypt.TAG_LENGTH);
    assert.equal(row.reservedLength, nonceLength + 16);
    assert.equal(BigInt(row.maxMessageLength), longest, name);
    assert.equal(row.maxRandomSeals === null ? null : BigInt(row.maxRandomSeals), seals, name);
    assert.ok(engines().includes(row.engine), row.engine);
    assert.equal(row.engine, testKey(name).engine);
  }
});

test("the catalogue cannot be changed", () => {
  const rows = ciphers();
  assert.ok(Object.isFrozen(rows) && rows.every(Object.isFrozen));
  assert.ok(Object.isFrozen(engines()));
  assert.throws(() => rows.push(1), TypeError);
  assert.throws(() => Object.assign(rows[0], { keyLength: 0 }), TypeError);
});

test("every spelling of a name is read", () => {
  for (const { name, hyphenatedName } of ciphers()) {
    const spellings = [name, hyphenatedName, hyphenatedName.replaceAll("-", "_"), name.toUpperCase()];
    for (const spelling of spellings) {
      assert.equal(cipher(spelling).name, name, spelling);
      assert.equal(Key.generate(spelling).cipher, name, spelling);
    }
  }
});

test("other names are errors that list what there is", () => {
  for (const name of ["", "aes", "aegis256 ", "aegis512", "aegis256\0", "x".repeat(1000), "ae\u0441is256"]) {
    assert.throws(() => cipher(name), { constructor: UnknownCipherError, message: /aegis256x4/ });
    assert.throws(() => Key.generate(name), UnknownCipherError);
    assert.throws(() => testKey().withEngine(name), { constructor: UnknownEngineError, message: /portable/ });
  }
});

test("an engine is a ceiling", () => {
  const names = engines();
  assert.equal(names[0], "portable");
  for (const name of names) {
    const key = testKey().withEngine(name);
    assert.ok(names.indexOf(key.engine) <= names.indexOf(name), `${name} gives ${key.engine}`);
    assert.ok(key.equals(testKey()));
  }
  assert.equal(testKey().withEngine("PORTABLE").engine, "portable");
});

test("the environment sets the ceiling", () => {
  const program = 'console.log(require("libpagecrypt").cipher("aegis256").engine)';
  const run = (engine) =>
    execFileSync(process.execPath, ["-e", program], {
      cwd: import.meta.dirname,
      env: { ...process.env, PAGECRYPT_ENGINE: engine },
      encoding: "utf8",
      stdio: "pipe",
    }).trim();
  assert.equal(run("portable"), "portable");
  assert.throws(() => run("abacus"), /UnknownEngineError|unknown engine/);
});
