#!/usr/bin/env node
// Seals the lines of a log as records, each bound to its number, and opens them again.
//
//   node lines.mjs seal KEY_FILE <LOG >RECORDS
//   node lines.mjs open KEY_FILE <RECORDS >LOG

import { readFile } from "node:fs/promises";
import { createInterface } from "node:readline";
import { pipeline } from "node:stream/promises";

import { Key, PagecryptError, RecordCodec } from "libpagecrypt";

const [mode, keyFile] = process.argv.slice(2);
const key = Key.fromText(await readFile(keyFile));
const codec = RecordCodec.bound(key, { kind: "stream", id: Buffer.alloc(32, "a log") }); // an id of its own for each log
key.close(); // the codec holds it
const options = { framing: "length", firstSequence: 0 };

/** Lines, each with its length before it. */
async function* framed(input) {
  for await (const line of createInterface({ input })) {
    const text = Buffer.from(line);
    const length = Buffer.alloc(4);
    length.writeUInt32BE(text.length);
    yield Buffer.concat([length, text]);
  }
}

/** Such lines as text again. */
async function* unframed(bytes) {
  let rest = Buffer.alloc(0);
  for await (const chunk of bytes) {
    rest = Buffer.concat([rest, chunk]);
    while (rest.length >= 4 && rest.length >= 4 + rest.readUInt32BE()) {
      const end = 4 + rest.readUInt32BE();
      yield `${rest.subarray(4, end)}\n`;
      rest = rest.subarray(end);
    }
  }
}

try {
  if (mode === "seal")
    await pipeline(process.stdin, framed, codec.sealStream({ ...options, clock: Date.now }), process.stdout);
  else await pipeline(process.stdin, codec.openStream(options), unframed, process.stdout);
} catch (error) {
  if (!(error instanceof PagecryptError)) throw error;
  console.error(error.message);
  process.exitCode = error.exitCode;
}
