import assert from "node:assert/strict";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";

import {
  Aead,
  AuthenticationError,
  Key,
  PageCodec,
  PagecryptError,
  cipher,
  decryptFile,
  decryptFileSync,
  encryptFile,
  encryptFileSync,
  inspectFile,
  inspectFileSync,
  parseTursoHeader,
  verifyFile,
  verifyFileSync,
} from "libpagecrypt";

import { contentOf, folderOf } from "./folders.mjs";
import { isZero, pieces } from "./pages.mjs";
import { parseVector, readVector } from "./vectors.mjs";

const { codes, cases, without_case: withoutCase } = parseVector("errors.json");

// What runs a case: it gives the outcome of each form of the operation, an error or undefined.
const OPERATIONS = {
  cipher_from_name: ({ name }) => [attempt(() => cipher(name)), attempt(() => Key.generate(name))],
  cipher_from_number: ({ number }) => [attempt(() => cipher(number))],
  engine_from_name: ({ name }) => [attempt(() => Key.generate().withEngine(name))],
  key_from_text: ({ text, cipher }) => [
    attempt(() => Key.fromText(text, cipher ?? undefined)),
    attempt(() => Key.fromText(Buffer.from(text), cipher ?? undefined)),
  ],
  key_from_bytes: ({ bytes, cipher }) => [attempt(() => Key.fromBytes(bytesOf(bytes), cipher))],
  page_codec_new: (input) => [attempt(() => codecOf(input))],
  seal_pages: (input, failedPages) => runPages(input, failedPages, "sealPages"),
  open_pages: (input, failedPages) => runPages(input, failedPages, "openPages"),
  turso_header: ({ bytes }) => [attempt(() => parseTursoHeader(bytesOf(bytes)))],
  seal_message: (input) => runMessage(input, false),
  open_message: (input) => runMessage(input, true),
  inspect_file: (input, _, t) => runFile(input, t, "inspect"),
  verify_file: (input, _, t) => runFile(input, t, "verify"),
  encrypt_file: (input, _, t) => runFile(input, t, "encrypt"),
  decrypt_file: (input, _, t) => runFile(input, t, "decrypt"),
  decrypt_file_compact: (input, _, t) => runFile(input, t, "compact"),
};

const FIELDS = {
  pages: ["key", "cipher", "format", "page_size", "first", "pages", "to_length"],
  message: ["key", "cipher", "nonce", "associated_data", "text", "tag", "to_length"],
  file: [
    "key",
    "cipher",
    "database",
    "database_wal",
    "database_journal",
    "destination",
    "destination_wal",
    "force",
    "cancel",
  ],
};

for (const operation of new Set(cases.map((row) => row.operation))) {
  test(`error cases of ${operation}`, async (t) => {
    for (const row of cases.filter((row) => row.operation === operation)) {
      await t.test(row.name, async (t) => {
        assert.ok(operation in OPERATIONS, `operation ${operation} is not known here`);
        const outcomes = await Promise.all(await OPERATIONS[operation](row.input, row.failed_pages, t));
        assert.ok(outcomes.length > 0);
        // Here a destination has room for the tag, too, and its lengths are others.
        const isOther = row.operation === "seal_message" && row.input.to_length !== undefined;
        for (const error of outcomes) checkOutcome(isOther ? { ...row, says: ["wrong buffer length"] } : row, error);
      });
    }
  });
}

test("each operation has cases, and each code a case or a reason for having none", () => {
  for (const operation of Object.keys(OPERATIONS)) {
    assert.ok(cases.filter((row) => row.operation === operation).length >= 3, operation);
  }
  const covered = new Set([
    ...cases.flatMap(({ error }) => (error === null ? [] : [error.name])),
    ...withoutCase.map(({ error }) => error),
  ]);
  assert.deepEqual(
    codes.map(({ name }) => name).filter((name) => !covered.has(name)),
    [],
  );
});

function checkOutcome(row, error) {
  if (row.error === null) {
    assert.equal(error, undefined, `fails: ${error?.stack}`);
    return;
  }
  assert.ok(error instanceof PagecryptError, `${error?.stack ?? "it succeeded"}, not ${row.error.name}`);
  assert.deepEqual({ name: error.code, number: error.number, exit_code: error.exitCode }, row.error);
  for (const part of row.says ?? []) assert.ok(error.message.includes(part), `${error.message} does not say ${part}`);
  if (row.failed_pages !== undefined) {
    assert.deepEqual([error.unit, error.numbers, error.page], ["page", row.failed_pages, row.failed_pages[0]]);
  }
}

async function attempt(operation) {
  try {
    await operation();
    return undefined;
  } catch (error) {
    return error;
  }
}

/** Bytes as a case describes them. */
function bytesOf({ hex, zeros, file, offset = 0, length, put = [], ...more }) {
  assert.deepEqual(more, {}, "fields that are not known here");
  let bytes;
  if (hex !== undefined) bytes = Buffer.from(hex, "hex");
  else if (zeros !== undefined) bytes = Buffer.alloc(zeros);
  else bytes = Buffer.from(readVector(file).subarray(offset, length === undefined ? undefined : offset + length));
  for (const [at, part] of put) bytes.set(Buffer.from(part, "hex"), at);
  return bytes;
}

function checkFields(input, known) {
  for (const name of Object.keys(input)) assert.ok(known.includes(name), `field ${name} is not known here`);
}

const keyOf = ({ key, cipher }) => Key.fromBytes(Buffer.from(key, "hex"), cipher);

function codecOf(input) {
  checkFields(input, FIELDS.pages);
  return new PageCodec(keyOf(input), { format: input.format, pageSize: input.page_size });
}

/** Every form of sealing or opening pages. */
async function runPages(input, failedPages, name) {
  const codec = codecOf(input);
  const { first, to_length: toLength } = input;
  const source = bytesOf(input.pages);
  const outcomes = [];
  for (const suffix of ["", "Sync"]) {
    const untouched = Buffer.alloc(toLength ?? source.length, 0xc3);
    const [from, into] = [Buffer.from(source), Buffer.from(untouched)];
    const error = await attempt(() => codec[`${name}Into${suffix}`](first, from, into));
    assert.deepEqual(from, source, "the source was written to");
    checkPages(codec, first, failedPages, error, untouched, into);
    outcomes.push(error);
    if (toLength !== undefined) continue;
    const buffer = Buffer.from(source);
    const inPlace = await attempt(() => codec[name + suffix](first, buffer));
    checkPages(codec, first, failedPages, inPlace, source, buffer);
    const given = name === "sealPages" ? "sealedPages" : "openedPages";
    outcomes.push(inPlace, await attempt(() => codec[given + suffix](first, source)));
    if (source.length === codec.pageSize) {
      outcomes.push(await attempt(() => codec[name.slice(0, -1) + suffix](first, source)));
    }
  }
  return outcomes;
}

function checkPages(codec, first, failedPages, error, before, after) {
  if (error instanceof AuthenticationError) {
    for (const [i, page] of [...pieces(after, codec.pageSize)].entries()) {
      assert.equal(isZero(page), failedPages.includes(first + i), `page ${first + i}`);
    }
  } else if (error !== undefined) {
    assert.deepEqual(after, before, "something was written");
  }
}

/** Every form of sealing or opening a message. */
async function runMessage(input, opening) {
  checkFields(input, FIELDS.message);
  const aead = new Aead(keyOf(input));
  const options = { nonce: Buffer.from(input.nonce, "hex"), associatedData: Buffer.from(input.associated_data, "hex") };
  const text = bytesOf(input.text);
  const tag = Buffer.from(input.tag ?? "", "hex");
  const source = Buffer.concat([text, tag]);
  const name = opening ? "open" : "seal";
  const length = (input.to_length ?? text.length) + (opening ? 0 : 16);
  const outcomes = [];
  for (const suffix of ["", "Sync"]) {
    const into = Buffer.alloc(length, 0xc3);
    const error = await attempt(() => aead[`${name}Into${suffix}`](source, into, options));
    const left = error instanceof AuthenticationError ? 0 : 0xc3;
    if (error !== undefined)
      assert.ok(
        into.every((byte) => byte === left),
        "what is left",
      );
    outcomes.push(error);
    if (input.to_length !== undefined) continue;
    outcomes.push(await attempt(() => aead[name + suffix](source, options)));
    const batch = { nonces: [options.nonce], associatedData: [options.associatedData] };
    outcomes.push(await attempt(() => aead[`${name}Batch${suffix}`]([source], batch)));
    const buffer = Buffer.from(text);
    const detached = opening
      ? await attempt(() => aead[`openDetached${suffix}`](buffer, tag, options))
      : await attempt(() => aead[`sealDetached${suffix}`](buffer, options));
    if (detached !== undefined)
      assert.ok(detached instanceof AuthenticationError ? isZero(buffer) : buffer.equals(text));
    outcomes.push(detached);
  }
  return outcomes;
}

const FILE_FUNCTIONS = {
  inspect: [(from) => inspectFile(from), (from) => inspectFileSync(from)],
  verify: [
    (from, _, key, { progress }) =>
      verifyFile(from, key, { wait: 0, progress }).then((report) => report.requireIntact()),
    (from, _, key, { progress }) => verifyFileSync(from, key, { wait: 0, progress }).requireIntact(),
  ],
  encrypt: [encryptFile, encryptFileSync],
  decrypt: [decryptFile, decryptFileSync],
  compact: [
    (from, to, key, options) => decryptFile(from, to, key, { ...options, compact: true }),
    (from, to, key, options) => decryptFileSync(from, to, key, { ...options, compact: true }),
  ],
};

function runFile(input, t, name) {
  checkFields(input, FIELDS.file);
  return FILE_FUNCTIONS[name].map(async (run) => {
    const folder = folderOf(t);
    const [database, destination] = [join(folder, "database"), join(folder, "destination")];
    for (const [path, content] of [
      [database, input.database],
      [`${database}-wal`, input.database_wal],
      [`${database}-journal`, input.database_journal],
      [destination, input.destination],
      [`${destination}-wal`, input.destination_wal],
    ]) {
      if (content !== undefined) writeFileSync(path, bytesOf(content));
    }
    const before = contentOf(folder);
    const key = name === "inspect" ? undefined : keyOf(input);
    const options = { force: input.force ?? false, wait: 0, ...(input.cancel && { progress: () => false }) };
    const error = await attempt(() => run(database, destination, key, options));
    const { destination: after, ...others } = contentOf(folder);
    if (error === undefined && name !== "inspect" && name !== "verify") {
      assert.ok(after.startsWith(name === "encrypt" ? "Turso" : "SQLite format 3\0"));
      if (name === "encrypt") assert.ok(verifyFileSync(destination, key).intact);
      delete before.destination;
      assert.deepEqual(others, before);
    } else {
      assert.deepEqual(contentOf(folder), before, "the folder was changed");
    }
    return error;
  });
}

test("the runner notices what it must", async () => {
  const row = { error: { name: "wrong_key", number: 6, exit_code: 3 } };
  assert.throws(() => checkOutcome(row, undefined), assert.AssertionError);
  assert.throws(() => checkOutcome(row, new Error("wrong_key")), assert.AssertionError);
  assert.throws(() => checkOutcome({ error: null }, new Error("any")), assert.AssertionError);
  assert.throws(() => bytesOf({ zeros: 1, ones: 2 }), assert.AssertionError);
});
