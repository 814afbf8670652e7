// Records, each with its length before it: S2's as it stores them, and our own of each context.

import { readFileSync, writeFileSync } from "node:fs";

import {
  RecordCodec,
  StoreCodec,
  TokenKey,
  UnsupportedFormatError,
  parseRecordHeader,
  s2,
} from "../../node/index.mjs";

import { Refused, compare } from "./checks.mjs";

const COUNT = 65;
const numbers = Array.from({ length: COUNT }, (_, i) => i);
const bodies = numbers.map((i) =>
  Buffer.from(Array.from({ length: 37 * i }, (_, j) => i + j)),
);

/** With its length before it, and what stands between the two. */
function framed(record, between = Buffer.alloc(0)) {
  const length = Buffer.alloc(4);
  length.writeUInt32BE(record.length);
  return Buffer.concat([length, between, record]);
}

/** Takes the next records of a file, each with the bytes that stand before it. */
function take(file, between = 0) {
  return numbers.map(() => {
    const length = file.bytes.readUInt32BE();
    const end = 4 + between + length;
    if (end > file.bytes.length) throw new Error("the file is cut off");
    const before = file.bytes.subarray(4, 4 + between);
    const record = file.bytes.subarray(4 + between, end);
    file.bytes = file.bytes.subarray(end);
    return { before, record };
  });
}

function checkEnd({ bytes }) {
  compare("what is behind the last record", bytes, []);
}

// S2's records

function codecOfS2(key) {
  const isForeign = !["aes256gcm", "aegis256"].includes(key.cipher);
  try {
    const codec = RecordCodec.s2(key, s2.streamId("matrix", "records"));
    if (isForeign) throw new Error("S2 has not this cipher, and it was taken");
    return codec;
  } catch (error) {
    throw isForeign && error instanceof UnsupportedFormatError
      ? new Refused()
      : error;
  }
}

const isCommand = (i) => i % 8 === 7;
const command = (i) =>
  i === 7
    ? { kind: "fence", token: "token" }
    : { kind: "trim", point: BigInt(i) };
const envelope = (i) => ({
  headers: Array.from({ length: i % 3 }, (_, h) => ({
    name: Buffer.from(`h${h}`),
    value: Buffer.alloc(i, i),
  })),
  body: bodies[i],
});

export async function writeRecordsS2({ key, path }) {
  const codec = codecOfS2(key);
  const sealed = numbers.filter((i) => !isCommand(i));
  const records = await codec.sealBatch(
    sealed.map((i) => s2.encodeEnvelope(envelope(i))),
    { sequences: sealed },
  );
  const stored = numbers.map((i) =>
    s2.encodeStored(
      isCommand(i)
        ? command(i)
        : {
            kind: "encrypted",
            meteredSize: s2.meteredSize(envelope(i)),
            record: records[sealed.indexOf(i)],
          },
    ),
  );
  writeFileSync(path(), Buffer.concat(stored.map((record) => framed(record))));
}

export async function readRecordsS2({ key, path }) {
  const codec = codecOfS2(key);
  const file = { bytes: readFileSync(path()) };
  for (const [i, { record }] of take(file).entries()) {
    const opened = await s2.openStored(codec, record);
    const expected = isCommand(i)
      ? command(i)
      : { kind: "plaintext", ...envelope(i) };
    if (opened.kind !== expected.kind)
      throw new Error(`record ${i} is of the kind ${opened.kind}`);
    if (isCommand(i)) {
      compare(
        `command ${i}`,
        [opened.token, opened.point],
        [expected.token, expected.point],
      );
      continue;
    }
    compare(`the body of record ${i}`, opened.body, expected.body);
    compare(
      `the headers of record ${i}`,
      Buffer.concat(opened.headers.flatMap(({ name, value }) => [name, value])),
      Buffer.concat(
        expected.headers.flatMap(({ name, value }) => [name, value]),
      ),
    );
    compare("the number of headers", [opened.headers.length], [i % 3]);
    compare(
      `the metered size of record ${i}`,
      [opened.meteredSize],
      [s2.meteredSize(expected)],
    );
  }
  checkEnd(file);
}

// Our own

const STREAM = { kind: "stream", id: Buffer.alloc(32, 1) };
const WRITER = {
  kind: "writer",
  id: Buffer.alloc(32, 1),
  writer: Buffer.alloc(16, 2),
};
const clocks = numbers.map((i) => (i % 2 === 0 ? 1000 + i : undefined));
const entries = numbers.map((i) => ({
  path: `path/${i}`,
  type: "t",
  schema: "1",
  body: bodies[i],
  clock: i,
}));

const codecOfStore = (key) =>
  new StoreCodec(key, {
    id: Buffer.alloc(16, 3),
    tokenKey: TokenKey.fromBytes(Buffer.alloc(32, 4)),
    padding: "padme",
  });

export async function writeRecordsBound({ key, path }) {
  const stream = await RecordCodec.bound(key, STREAM).sealBatch(bodies, {
    sequences: numbers,
    clocks,
  });
  const writer = await RecordCodec.bound(key, WRITER).sealBatch(bodies);
  const rows = await codecOfStore(key).sealBatch(entries);
  writeFileSync(
    path(),
    Buffer.concat([
      ...[...stream, ...writer].map((record) => framed(record)),
      ...rows.map(({ token, record }) => framed(record, token)),
    ]),
  );
}

export async function readRecordsBound({ key, path }) {
  const file = { bytes: readFileSync(path()) };

  const stream = take(file).map(({ record }) => record);
  const codec = RecordCodec.bound(key, STREAM);
  const opened = await codec.openBatch(stream, { sequences: numbers });
  for (const [i, record] of stream.entries()) {
    compare(`record ${i} of the stream`, opened[i], bodies[i]);
    const clock = clocks[i] === undefined ? null : BigInt(clocks[i]);
    compare("its clock", [parseRecordHeader(record).clock], [clock]);
  }
  const elsewhere = { kind: "stream", id: Buffer.alloc(32, 9) };
  await expectError(
    "unknown_key_id",
    RecordCodec.bound(key, elsewhere).open(stream[0], { sequence: 0 }),
  );
  await expectError(
    "authentication_failed",
    codec.open(stream[0], { sequence: 1 }),
  );

  const writer = take(file).map(({ record }) => record);
  const written = await RecordCodec.bound(key, WRITER).openBatch(writer);
  for (const [i, body] of bodies.entries())
    compare(`record ${i} of the writer`, written[i], body);

  const rows = take(file, 32).map(({ before, record }) => ({
    token: before,
    record,
  }));
  const found = await codecOfStore(key).openBatch(rows);
  for (const [i, { path, type, schema, body, clock }] of found.entries()) {
    compare(
      `entry ${i}`,
      [String(path), String(type), String(schema), clock],
      [entries[i].path, "t", "1", BigInt(i)],
    );
    compare(`the body of entry ${i}`, body, bodies[i]);
  }
  checkEnd(file);
}

async function expectError(code, promise) {
  const error = await promise.then(
    () => undefined,
    (error) => error,
  );
  if (error?.code !== code)
    throw new Error(`expected ${code}, got ${error ?? "a record"}`);
}
