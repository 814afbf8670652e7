import assert from "node:assert/strict";
import { test } from "node:test";
import { inspect } from "node:util";

import * as pagecrypt from "libpagecrypt";
import { Aead, ClosedError, Key, PagecryptError, codes, verifyFile, verifyFileSync } from "libpagecrypt";

import { testCodec, testKey } from "./pages.mjs";
import { parseVector } from "./vectors.mjs";

const { codes: everyCode, without_case: withoutCase } = parseVector("errors.json");
const classes = Object.entries(pagecrypt).filter(([name]) => name.endsWith("Error"));

// Names differ from the code's where another class of the standard library has the name, or reads better.
const NAMES = {
  authentication_failed: "AuthenticationError",
  file_exists: "DestinationExistsError",
  io: "InputOutputError",
};

const className = (code) =>
  NAMES[code] ?? `${code.replaceAll(/(?:^|_)(.)/g, (_, letter) => letter.toUpperCase())}Error`;

/** Codes that nothing gives yet. */
const reserved = new Set(withoutCase.filter(({ why }) => why.startsWith("reserved for")).map(({ error }) => error));

test("each code that can occur has its class, and each class a code", () => {
  const wanted = everyCode.filter(({ name }) => !reserved.has(name)).map(({ name }) => className(name));
  const there = classes.map(([name]) => name).filter((name) => name !== "PagecryptError");
  assert.deepEqual([...there].sort(), [...wanted, "ClosedError"].sort());
  for (const [name, Class] of classes) {
    assert.equal(Class.name, name);
    assert.ok(name === "PagecryptError" || Object.getPrototypeOf(Class) === PagecryptError, name);
    assert.ok(Class.prototype instanceof Error);
  }
});

test("numbers and exit codes are those of every language", () => {
  assert.deepEqual(
    codes.map(({ name, number, exitCode }) => ({ name, number, exit_code: exitCode })),
    everyCode,
  );
  assert.ok(Object.isFrozen(codes) && codes.every(Object.isFrozen));
  for (const { name, number, exit_code: exitCode } of everyCode.filter(({ name }) => !reserved.has(name))) {
    const Class = pagecrypt[className(name)];
    assert.equal(Class.code, name);
    const error = new Class("a message");
    assert.deepEqual([error.code, error.number, error.exitCode, error.message], [name, number, exitCode, "a message"]);
  }
});

test("an error knows its code, number and exit code", () => {
  const errors = [
    ["unknown_cipher", () => Key.generate("rot13")],
    ["unknown_engine", () => testKey().withEngine("steam")],
    ["key_length", () => Key.fromBytes(new Uint8Array(1), "aegis256")],
    ["key_text", () => Key.fromText("?")],
    ["page_size", () => testCodec("aegis256", 1000)],
    ["page_number", () => testCodec().sealPagesSync(0, new Uint8Array(4096))],
    ["buffer_length", () => testCodec().sealPagesSync(1, new Uint8Array(1))],
    ["unsupported_format", () => testCodec("chacha20poly1305")],
    ["malformed", () => testCodec().sealPagesSync(1, new Uint8Array(4096))],
    ["authentication_failed", () => testCodec().openPagesSync(2, new Uint8Array(4096))],
    ["io", () => verifyFileSync("/no/such/file", testKey())],
  ];
  for (const [name, attempt] of errors) {
    const code = everyCode.find((code) => code.name === name);
    assert.throws(attempt, (error) => {
      assert.deepEqual([error.code, error.number, error.exitCode], [code.name, code.number, code.exit_code]);
      assert.equal(error.constructor, pagecrypt[className(name)]);
      assert.equal(error.name, className(name));
      assert.ok(error instanceof PagecryptError && error instanceof Error);
      assert.match(error.stack, /errors\.test\.mjs/);
      assert.match(String(error), new RegExp(`^${className(name)}: .+`));
      return true;
    });
  }
});

test("an error of a promise tells where it was asked for", async () => {
  const error = await verifyFile("/no/such/file", testKey()).catch((error) => error);
  assert.equal(error.code, "io");
  assert.match(error.stack, /InputOutputError: /);
});

test("a closed handle has an error of its own, without a number of the others", () => {
  const key = testKey();
  key.close();
  assert.throws(
    () => key.toBytes(),
    (error) => {
      assert.deepEqual([error.constructor, error.code, error.name], [ClosedError, "closed", "ClosedError"]);
      assert.ok(!everyCode.some(({ number }) => number === error.number));
      return true;
    },
  );
});

test("errors travel as errors", () => {
  const sealed = new Uint8Array(3 * 4096);
  const error = (() => {
    try {
      testCodec().openPagesSync(7, sealed);
    } catch (error) {
      return error;
    }
    return undefined;
  })();
  const clone = structuredClone(error);
  assert.ok(clone instanceof Error);
  assert.equal(clone.message, error.message);
  assert.deepEqual(JSON.parse(JSON.stringify(error.numbers)), [7, 8, 9]);
  assert.match(inspect(error), /AuthenticationError: .*page 7/s);
  assert.match(inspect(error), /authentication_failed/);
});

test("an error shows no details that it does not have", () => {
  assert.throws(
    () => Key.fromText("?"),
    (error) => {
      for (const name of [
        "numbers",
        "first",
        "count",
        "page",
        "frame",
        "index",
        "onlyPage",
        "lockedBy",
        "path",
        "errno",
        "syscallCode",
        "unit",
      ]) {
        assert.equal(error[name], undefined, name);
        assert.ok(!inspect(error).includes(`${name}:`), inspect(error));
      }
      return true;
    },
  );
});

test("wrong types are TypeErrors as Node's own are", () => {
  assert.throws(
    () => Key.fromBytes("text", "aegis256"),
    (error) => {
      assert.deepEqual([error.constructor, error.name, error.code], [TypeError, "TypeError", "ERR_INVALID_ARG_TYPE"]);
      assert.match(error.message, /bytes/);
      assert.match(error.message, /string/);
      return true;
    },
  );
  assert.throws(() => new Aead(7), { name: "TypeError", code: "ERR_INVALID_ARG_TYPE", message: /key/ });
});
