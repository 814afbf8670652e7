// A program of ES modules, as TypeScript sees it. Compiled by types.test.mjs; some lines are wrong on purpose, so that nobody runs it.

import { createReadStream } from "node:fs";
import type { Readable, Transform } from "node:stream";

import pagecrypt, * as everything from "libpagecrypt";
import {
  Aead,
  AuthenticationError,
  ClosedError,
  InputOutputError,
  Key,
  LockedError,
  MeteredSizeError,
  PageCodec,
  PageReader,
  PagecryptError,
  RecordCodec,
  StoreCodec,
  TAG_LENGTH,
  TokenKey,
  UnknownKeyIdError,
  WalChain,
  WalFrameHeader,
  WalHeader,
  WrongKeyError,
  cipher,
  ciphers,
  compareWrites,
  decryptFile,
  encryptFile,
  encryptFileSync,
  engines,
  generateKey,
  inspectFile,
  keyId,
  parseRecordHeader,
  parseTursoHeader,
  pendingBytePage,
  recordOverhead,
  s2,
  verifyFile,
  version,
} from "libpagecrypt";
import type {
  CipherInfo,
  CipherName,
  EngineName,
  Inspection,
  OpenedEntry,
  RecordContext,
  Summary,
  VerifyReport,
} from "libpagecrypt";

/** Holds types to each other, exactly. */
type Equal<A, B> = (<T>() => T extends A ? 1 : 2) extends <T>() => T extends B ? 1 : 2 ? true : false;
function same<_T extends true>(): void {}

same<Equal<typeof version, string>>();
same<Equal<typeof everything.Key, typeof Key>>();
void pagecrypt;

// The catalogue.
const infos: readonly CipherInfo[] = ciphers();
const info: CipherInfo = cipher("aegis256");
const name: CipherName = info.name;
const hyphenated: CipherName = "aegis-256";
// @ts-expect-error: no such cipher
const unknown: CipherName = "rot13";
const engine: EngineName = info.engine;
const available: readonly EngineName[] = engines();
const limit: number | bigint | null = info.maxRandomSeals;
// @ts-expect-error: the catalogue is frozen
info.keyLength = 1;
// @ts-expect-error: the list is frozen
ciphers().push(info);

// Keys.
const key: Key = Key.generate();
const other: Key = Key.fromText(key.toText("hex"), "aegis256");
const bytes: Buffer = key.toBytes();
const seals: bigint = key.seals;
const equal: boolean = key.equals(other);
// @ts-expect-error: keys are made by its functions
new Key();
// @ts-expect-error: a key of bytes needs its cipher
Key.fromBytes(new Uint8Array(32));
// @ts-expect-error: no such encoding
key.toText("utf8");
// @ts-expect-error: what a key tells cannot be changed
key.cipher = "aegis256";
const copy: Key = other.clone().withCipher("aegis256x2").withEngine("portable");

// Messages.
const aead = new Aead(key);
const nonce = new Uint8Array(aead.nonceLength);
const sealed: Buffer = await aead.seal(Buffer.from("text"), {
  nonce,
  associatedData: nonce,
  signal: new AbortController().signal,
});
const opened: Buffer = aead.openSync(sealed, { nonce });
const count: number = aead.sealIntoSync(opened, new Uint8Array(opened.length + TAG_LENGTH), { nonce });
const tag: Buffer = aead.sealDetachedSync(opened, { nonce });
aead.openDetachedSync(opened, tag, { nonce });
const all: Buffer[] = aead.sealBatchSync([opened], { nonces: [nonce] });
const whole: Buffer[] = aead.openBatchSync(all, { nonces: [nonce] });
const some: (Buffer | null)[] = aead.openBatchSync(all, { nonces: [nonce], partial: true });
const later: (Buffer | null)[] = await aead.openBatch(all, { nonces: [nonce], partial: true });
// @ts-expect-error: with `partial`, some may be null
const none: Buffer[] = aead.openBatchSync(all, { nonces: [nonce], partial: true });
// @ts-expect-error: the nonce is the caller's choice, always
await aead.seal(opened, {});
// @ts-expect-error: text is no buffer
aead.sealSync("text", { nonce });
// @ts-expect-error: what is synchronous cannot be aborted
aead.sealSync(opened, { nonce, signal: new AbortController().signal });

// Pages.
const codec = new PageCodec(key, { pageSize: 4096, format: "turso" });
const pages = new Uint8Array(2 * codec.pageSize);
same<Equal<ReturnType<typeof codec.sealPages>, Promise<void>>>();
await codec.sealPages(2, pages, { signal: AbortSignal.timeout(60_000) });
codec.openPagesSync(2, new DataView(pages.buffer));
codec.sealPagesIntoSync(2, pages, new Uint8Array(pages.length));
const page: Buffer = codec.sealPageSync(2, pages.subarray(0, 4096));
const run: Buffer = await codec.sealedPages(2, new Uint8Array(8192));
// @ts-expect-error: no such format
new PageCodec(key, { format: "s2" });
// @ts-expect-error: page numbers are numbers
codec.sealPagesSync("2", pages);

// Logs.
const header = new WalHeader({ byteOrder: "little", pageSize: 4096, checkpoint: 0, salts: [1, 2] });
const chain: WalChain = WalChain.start(header);
const frame = new Uint8Array(codec.frameLength);
frame[3] = 2;
codec.sealFramesSync(chain, frame);
const accepted: boolean = WalChain.start(WalHeader.parse(header.toBytes())).accept(frame);
const salts: readonly [number, number] = WalFrameHeader.parse(frame).salts;
WalChain.resume(header, chain.checksum);
const order: "little" | "big" = header.byteOrder;

// Records.
const context: RecordContext = { kind: "writer", id: bytes, writer: new Uint8Array(16) };
const records: RecordCodec = RecordCodec.bound(key, context).withDecryptOnlyKey(key);
const sealedRecord: Buffer = records.sealSync(bytes, { sequence: 7n, clock: 8 });
const openedRecords: Buffer[] = records.openBatchSync([sealedRecord], { sequences: [7] });
const perRecord: (Buffer | PagecryptError)[] = records.openBatchSync([sealedRecord], { partial: true });
const laterRecord: Promise<Buffer> = records.open(sealedRecord, { signal: AbortSignal.timeout(1) });
const through: Transform = records.sealStream({ framing: "length", firstSequence: 0n, clock: Date.now });
const clockOf: bigint | null = parseRecordHeader(sealedRecord).clock;
const order3: -1 | 0 | 1 = compareWrites(sealedRecord, sealedRecord);
const entries = new StoreCodec(generateKey("aegis256", context, [keyId(key, context)]), {
  id: new Uint8Array(16),
  tokenKey: TokenKey.generate(),
  padding: "padme",
});
const kept: { token: Buffer; record: Buffer } = entries.sealSync({ path: "p", type: "t", schema: "1", body: bytes });
const found: OpenedEntry = entries.openSync(kept.token, kept.record);
const stored: s2.StoredRecord = s2.decodeStored(s2.encodeStored({ kind: "trim", point: 42 }));
const point: bigint | undefined = stored.kind === "trim" ? stored.point : undefined;
const answered: number | undefined = s2.answer(new PagecryptError("a message"))?.lite.http;
same<Equal<ReturnType<typeof recordOverhead>, number | null>>();
// @ts-expect-error: a writer has an id of its own
RecordCodec.bound(key, { kind: "writer", id: bytes });
// @ts-expect-error: codecs are made by its functions
new RecordCodec(key);
// @ts-expect-error: what is synchronous cannot be aborted
records.sealSync(bytes, { signal: new AbortController().signal });
// @ts-expect-error: there is no such kind of record
s2.encodeStored({ kind: "append", body: bytes });
// @ts-expect-error: only what is sealed has a clock that is asked for
records.openStream({ clock: Date.now });

// Files. These functions are compiled, and not run.
export async function files(): Promise<void> {
  const summary: Summary = await encryptFile("a", new URL("file:///b"), key, {
    force: true,
    wait: 1000,
    progress: (done: number, total: number) => done < total,
  });
  same<Equal<typeof summary.way, "sealed" | "opened" | "rebuilt" | "repacked">>();
  encryptFileSync(Buffer.from("a"), "b", key, { progress() {} });
  await decryptFile("b", "c", key, { compact: true });
  const report: VerifyReport = await verifyFile("b", key, { threads: 2 });
  report.requireIntact();
  const error: PagecryptError | null = report.error;
  const first: number | undefined = report.damagedPages[0]?.first;
  const inspection: Inspection = await inspectFile("b");
  same<Equal<typeof inspection.format, "turso" | "sqlite" | "unknown">>();
  const named: CipherName | null = inspection.cipher;
  const reader: PageReader = await PageReader.open("b", key, { wait: 0 });
  const stream: Readable = reader.createReadStream({ start: 0, end: 99 });
  const size: number = reader.size;
  const text: Buffer = await reader.readAt(0, 100);
  // @ts-expect-error: readers are opened by its functions
  new PageReader("b", key);
  // @ts-expect-error: a progress function gives nothing, or whether to go on
  await verifyFile("b", key, { progress: () => "no" });
  // @ts-expect-error: only decrypting can be compact
  await encryptFile("a", "b", key, { compact: true });
  // @ts-expect-error: what is synchronous cannot be aborted
  encryptFileSync("a", "b", key, { signal: new AbortController().signal });
  // @ts-expect-error: a path is needed
  await verifyFile(key);
  void [error, first, named, stream, size, text, createReadStream];
}

// Errors.
export function errors(error: unknown): string {
  if (error instanceof AuthenticationError) {
    const numbers: readonly number[] = error.numbers;
    const unit: "message" | "page" | "frame" = error.unit;
    const where: (number | undefined)[] = [error.page, error.frame, error.index];
    return `${unit} ${numbers} ${where}`;
  }
  if (error instanceof LockedError) {
    const by: "writer" | "change" | "journal" | "leftover" | "this_process" = error.lockedBy;
    return by;
  }
  if (error instanceof InputOutputError) return `${error.path} ${error.syscallCode} ${error.errno}`;
  if (error instanceof MeteredSizeError) return String(error.stored - error.actual);
  if (error instanceof UnknownKeyIdError) return error.code;
  if (error instanceof WrongKeyError) return String(error.onlyPage);
  if (error instanceof PagecryptError) return `${error.code} ${error.number} ${error.exitCode}`;
  if (error instanceof ClosedError) return error.code;
  return "";
}

// @ts-expect-error: there is no such export
export type { Nothing } from "libpagecrypt";

const bytesOf = parseTursoHeader;
void [
  infos,
  name,
  hyphenated,
  unknown,
  engine,
  available,
  limit,
  bytes,
  seals,
  equal,
  copy,
  count,
  whole,
  some,
  later,
  none,
  page,
  run,
  accepted,
  salts,
  order,
  bytesOf,
  openedRecords,
  perRecord,
  laterRecord,
  through,
  clockOf,
  order3,
  found,
  point,
  answered,
  pendingBytePage,
];
