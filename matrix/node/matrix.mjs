// Node's program of the cross-language matrix.
//
//   node matrix.mjs write FOLDER VECTORS
//   node matrix.mjs read FOLDER VECTORS
//
// It writes, or reads what any language wrote, and prints one line a row: "CAPABILITY CIPHER ok", "... refused" or
// "... FAILED: why".

import {
  existsSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { basename, join } from "node:path";

import {
  Aead,
  Key,
  PageCodec,
  PageReader,
  TAG_LENGTH,
  UnsupportedFormatError,
  WAL_FRAME_HEADER_LENGTH,
  WAL_HEADER_LENGTH,
  WalChain,
  WalFrameHeader,
  WalHeader,
  ciphers,
  decryptFile,
  encryptFile,
  verifyFile,
} from "../../node/index.mjs";

import { Refused, compare } from "./checks.mjs";
import {
  readRecordsBound,
  readRecordsS2,
  writeRecordsBound,
  writeRecordsS2,
} from "./records.mjs";

/** What every language does; a new one is a row here and a row in each other program. */
const CAPABILITIES = {
  messages: { write: writeMessages, read: readMessages },
  pages: { write: writePages, read: readPages },
  frames: { write: writeFrames, read: readFrames },
  file: { write: writeFile, read: readFile },
  "records-s2": { write: writeRecordsS2, read: readRecordsS2 },
  "records-bound": { write: writeRecordsBound, read: readRecordsBound },
};

const PAGE_SIZE = 4096;

async function main([mode, folder, vectors, ...more]) {
  if (
    !["write", "read"].includes(mode) ||
    vectors === undefined ||
    more.length > 0
  ) {
    console.error("usage: matrix.mjs write|read FOLDER VECTORS");
    return 2;
  }
  let failed = false;
  for (const [capability, work] of Object.entries(CAPABILITIES)) {
    for (const { name, keyLength } of ciphers()) {
      const key = Key.fromBytes(
        Uint8Array.from({ length: keyLength }, (_, i) => i),
        name,
      );
      let outcome = "ok";
      try {
        await work[mode]({
          key,
          vectors,
          path: (ending = "") => join(folder, `${capability}-${name}${ending}`),
        });
      } catch (error) {
        outcome =
          error instanceof Refused
            ? "refused"
            : `FAILED: ${String(error).replaceAll("\n", "; ")}`;
        failed ||= !(error instanceof Refused);
      }
      console.log(capability, name, outcome);
    }
  }
  return failed ? 1 : 0;
}

/** 65 messages of 0 to 2368 bytes in one batch; in the file, the ciphertexts one after the other, then the tags. */
function messages(aead) {
  const filled = (length) => (_, i) => Buffer.alloc(length(i), i);
  const count = { length: 65 };
  return {
    texts: Array.from(count, (_, i) =>
      Buffer.from(Array.from({ length: 37 * i }, (_, j) => i + j)),
    ),
    options: {
      nonces: Array.from(
        count,
        filled(() => aead.nonceLength),
      ),
      associatedData: Array.from(
        count,
        filled((i) => i),
      ),
    },
  };
}

async function writeMessages({ key, path }) {
  const aead = new Aead(key);
  const { texts, options } = messages(aead);
  const sealed = await aead.sealBatch(texts, options);
  const parts = [
    ...sealed.map((message) => message.subarray(0, -TAG_LENGTH)),
    ...sealed.map((message) => message.subarray(-TAG_LENGTH)),
  ];
  writeFileSync(path(), Buffer.concat(parts));
}

async function readMessages({ key, path }) {
  const aead = new Aead(key);
  const { texts, options } = messages(aead);
  const file = readFileSync(path());
  const end = file.length - TAG_LENGTH * texts.length;
  const lengths = texts.map((text) => text.length);
  compare(
    "the length of the texts",
    [end],
    [lengths.reduce((sum, length) => sum + length)],
  );
  let at = 0;
  const sealed = lengths.map((length, i) => {
    at += length;
    return Buffer.concat([
      file.subarray(at - length, at),
      file.subarray(end + i * TAG_LENGTH, end + (i + 1) * TAG_LENGTH),
    ]);
  });
  const opened = await aead.openBatch(sealed, options);
  for (const [i, text] of texts.entries())
    compare(`message ${i}`, opened[i], text);
}

/** Pages 2 to 66, sealed and opened in one call. */
const pages = (codec) =>
  Buffer.concat(Array.from({ length: 65 }, (_, i) => page(codec, 2 + i)));

async function writePages({ key, path }) {
  const codec = codecOf(key);
  const sealed = pages(codec);
  await codec.sealPages(2, sealed);
  writeFileSync(path(), sealed);
}

async function readPages({ key, path }) {
  const codec = codecOf(key);
  const opened = readFileSync(path());
  await codec.openPages(2, opened);
  compare("pages", opened, pages(codec));
}

/** A write-ahead log of three frames. */
const HEADER = {
  byteOrder: "little",
  pageSize: PAGE_SIZE,
  checkpoint: 1,
  salts: [0x01020304, 0x05060708],
};
const FRAMES = [
  { page: 2, commitSize: 0 },
  { page: 3, commitSize: 0 },
  { page: 2, commitSize: 3 },
];

async function writeFrames({ key, path }) {
  const codec = codecOf(key);
  const header = new WalHeader(HEADER);
  const frames = FRAMES.map((frame, k) => {
    const head = Buffer.alloc(WAL_FRAME_HEADER_LENGTH); // salts and checksum are written when it is sealed
    head.writeUInt32BE(frame.page, 0);
    head.writeUInt32BE(frame.commitSize, 4);
    return Buffer.concat([head, page(codec, frame.page, k)]);
  });
  const sealed = Buffer.concat(frames);
  await codec.sealFrames(WalChain.start(header), sealed);
  writeFileSync(path(), Buffer.concat([header.toBytes(), sealed]));
}

async function readFrames({ key, path }) {
  const codec = codecOf(key);
  const file = readFileSync(path());
  const header = WalHeader.parse(file);
  for (const [field, value] of Object.entries(HEADER))
    compare(`the header's ${field}`, [header[field]].flat(), [value].flat());
  const log = file.subarray(WAL_HEADER_LENGTH);
  compare(
    "the log's length",
    [log.length],
    [FRAMES.length * codec.frameLength],
  );
  const frameAt = (k) =>
    log.subarray(k * codec.frameLength, (k + 1) * codec.frameLength);
  const chain = WalChain.start(header);
  for (const [k, frame] of FRAMES.entries()) {
    if (!chain.accept(frameAt(k)))
      throw new Error(`frame ${k + 1} is not the log's next`);
    const said = WalFrameHeader.parse(frameAt(k));
    compare(
      `what frame ${k + 1} says`,
      [said.page, said.commitSize, ...said.checksum],
      [frame.page, frame.commitSize, ...chain.checksum],
    );
  }
  await codec.openFrames(1, log);
  for (const [k, frame] of FRAMES.entries())
    compare(
      `frame ${k + 1}`,
      frameAt(k).subarray(WAL_FRAME_HEADER_LENGTH),
      page(codec, frame.page, k),
    );
}

/** The whole database that is encrypted, of the repository's vectors. */
const SOURCE = "turso/aegis256-4096-small.plain.db";

async function writeFile({ key, vectors, path }) {
  const destination = path(".db");
  let summary;
  try {
    summary = await encryptFile(join(vectors, SOURCE), destination, key, {
      force: true,
    });
  } catch (error) {
    throw isForeign(key) &&
      error instanceof UnsupportedFormatError &&
      !existsSync(destination)
      ? new Refused()
      : error;
  }
  if (isForeign(key))
    throw new Error("encryptFile took a cipher that the format does not have");
  compare("the reported length", [summary.bytes], [statSync(destination).size]);
}

async function readFile({ key, path }) {
  codecOf(key);
  const given = process.env.MATRIX_OUT;
  const out = given || mkdtempSync(join(tmpdir(), "matrix-"));
  try {
    const report = await verifyFile(path(".db"), key);
    report.requireIntact();
    const plain = await decrypt(
      path(".db"),
      join(out, `file-${key.cipher}.plain.db`),
      key,
      {},
    );
    await compareReader(path(".db"), plain, key);
    await decrypt(
      path(".db"),
      join(out, `file-${key.cipher}.compact.db`),
      key,
      { compact: true },
    );
  } finally {
    if (!given) rmSync(out, { recursive: true });
  }
}

/** What decryptFile makes of the file. */
async function decrypt(source, destination, key, options) {
  const { bytes } = await decryptFile(source, destination, key, {
    force: true,
    ...options,
  });
  const database = readFileSync(destination);
  if (
    !database.subarray(0, 16).equals(Buffer.from("SQLite format 3\0")) ||
    database.length !== bytes
  ) {
    throw new Error(
      `${basename(destination)} is no SQLite database of the reported length`,
    );
  }
  return database;
}

/** Reads the whole database through a PageReader: it is what decryptFile made. */
async function compareReader(path, plain, key) {
  const reader = await PageReader.open(path, key);
  try {
    compare(
      "the number of pages",
      [reader.pageCount, plain.length],
      [statSync(path).size / PAGE_SIZE, statSync(path).size],
    );
    compare(
      "what the reader gives and decryptFile",
      await reader.readAt(0, reader.size),
      plain,
    );
    await reader.checkUnchanged();
  } finally {
    reader.close();
  }
}

/** Turso's format does not have the cipher. */
const isForeign = (key) => key.cipher === "chacha20poly1305";

function codecOf(key) {
  try {
    const codec = new PageCodec(key, { pageSize: PAGE_SIZE });
    if (isForeign(key))
      throw new Error("the format took a cipher that it does not have");
    return codec;
  } catch (error) {
    throw isForeign(key) && error instanceof UnsupportedFormatError
      ? new Refused()
      : error;
  }
}

/** A page in plaintext, `add` added to each byte; the reserved bytes are zero. */
function page(codec, number, add = 0) {
  const bytes = Buffer.alloc(PAGE_SIZE);
  for (let j = 0; j < PAGE_SIZE - codec.reservedLength; j++)
    bytes[j] = (7 * number + j + add) & 0xff;
  return bytes;
}

process.exitCode = await main(process.argv.slice(2));
