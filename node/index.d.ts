/// <reference types="node" />

/**
 * The encryption layer of a storage engine: pages, frames of write-ahead logs, messages and whole SQLite databases under
 * nine AEAD ciphers.
 *
 * Most operations have two forms. `x` gives a promise and works beside JavaScript: on a private copy where it works on
 * buffers, so that what you do to them meanwhile does not matter. `xSync` works at once and in your memory. A function that
 * gives a promise never throws at once.
 *
 * Errors are {@link PagecryptError}s; an argument of a wrong type is a `TypeError` with the code `ERR_INVALID_ARG_TYPE`, a
 * number that is out of range where no other error fits, a `RangeError` with the code `ERR_OUT_OF_RANGE`.
 */

import type { Readable, Transform } from "node:stream";

/** The version of the package and of its addon, as in package.json. */
export const version: string;

/** Length of every cipher's authentication tag, in bytes: 16. */
export const TAG_LENGTH: 16;

/** The smallest page, in bytes. */
export const MIN_PAGE_SIZE: 512;

/** The largest page, in bytes. */
export const MAX_PAGE_SIZE: 65536;

/** The highest page number, as in SQLite. */
export const MAX_PAGE_NUMBER: 4294967294;

/** Length of the part of page 1 that stays in clear, in bytes: SQLite's header. */
export const TURSO_HEADER_LENGTH: 100;

/** Where SQLite puts its locks: the page that holds this byte is never used. 2^30. */
export const PENDING_BYTE: 1073741824;

/** Length of a write-ahead log's header, in bytes: 32. */
export const WAL_HEADER_LENGTH: 32;

/** Length of the header before each frame's page, in bytes: 24. */
export const WAL_FRAME_HEADER_LENGTH: 24;

/**
 * A buffer of any kind, taken as its bytes. Memory that is shared with other threads (`SharedArrayBuffer`) or detached is
 * refused by {@link InvalidArgumentError}.
 */
export type Bytes = NodeJS.ArrayBufferView | ArrayBuffer;

/** A path, as in `node:fs`: text, bytes, or a `file:` URL. */
export type PathLike = string | Uint8Array | URL;

// Ciphers and engines

/** A cipher's name. Functions also take the hyphenated names, in any case, and `_` for `-`. */
export type CipherName =
  | "aes128gcm"
  | "aes256gcm"
  | "aegis256"
  | "aegis256x2"
  | "aegis256x4"
  | "aegis128l"
  | "aegis128x2"
  | "aegis128x4"
  | "chacha20poly1305"
  | "aes-128-gcm"
  | "aes-256-gcm"
  | "aegis-256"
  | "aegis-256x2"
  | "aegis-256x4"
  | "aegis-128l"
  | "aegis-128x2"
  | "aegis-128x4"
  | "chacha20-poly1305";

/** The name of a cipher's implementation for some CPU. */
export type EngineName =
  "portable" | "rustcrypto" | "aesni" | "avx2" | "vaes256" | "avx512" | "avx512ifma" | "vaes512" | "neon" | "armv8";

/** A row of the catalogue of ciphers. Lengths are in bytes. */
export interface CipherInfo {
  /** The name, for example `aegis256`. */
  readonly name: CipherName;
  /** The number on disk, which is never reused. */
  readonly number: number;
  /** The hyphenated name, for example `aegis-256`. */
  readonly hyphenatedName: CipherName;
  /** Length of a key: 16 or 32. */
  readonly keyLength: number;
  /** Length of a nonce: 12, 16 or 32. */
  readonly nonceLength: number;
  /** Length of a tag: always 16. */
  readonly tagLength: number;
  /** Bytes at the end of each page that hold tag and nonce: 28, 32 or 48. */
  readonly reservedLength: number;
  /** The longest message; a bigint where it is beyond `Number.MAX_SAFE_INTEGER`. */
  readonly maxMessageLength: number | bigint;
  /** How many messages one key may seal under random nonces; `null` where no limit matters. */
  readonly maxRandomSeals: number | bigint | null;
  /** The engine that serves this cipher's keys on this CPU. */
  readonly engine: EngineName;
}

/**
 * Every cipher, in the order of the numbers.
 *
 * @throws {UnknownEngineError} for what the environment variable `PAGECRYPT_ENGINE` says.
 */
export function ciphers(): readonly CipherInfo[];

/**
 * One cipher, by any spelling of its name or by its number on disk.
 *
 * @throws {UnknownCipherError}
 */
export function cipher(name: CipherName | number): CipherInfo;

/** The engines that this CPU runs, the best last. */
export function engines(): readonly EngineName[];

// Keys

/**
 * A key: secret bytes that know their cipher and the engine that serves it. They lie outside JavaScript's memory, are wiped
 * by {@link Key.close} or the garbage collector, and never shown: only {@link Key.toBytes} and {@link Key.toText} give
 * them away. Keys do not travel to other threads. Making one is a matter of microseconds, and synchronous.
 */
export class Key {
  private constructor();

  /**
   * A new key of the operating system's random bytes.
   *
   * @param cipher `aegis256` unless given.
   * @throws {UnknownCipherError}
   * @throws {RandomSourceError}
   */
  static generate(cipher?: CipherName): Key;

  /**
   * A key of its bytes, which are copied.
   *
   * @throws {KeyLengthError} where the cipher needs another length.
   */
  static fromBytes(bytes: Bytes, cipher: CipherName): Key;

  /**
   * A key of its text: base64 with padding, or hexadecimal; white space around it does not count. Without a cipher, 16 bytes
   * make an `aegis128l` key and 32 bytes an `aegis256` one. A Buffer can be wiped afterwards, a string cannot.
   *
   * @throws {KeyTextError} No error carries the text.
   * @throws {KeyLengthError} where the cipher needs another length.
   */
  static fromText(text: string | Bytes, cipher?: CipherName): Key;

  /** The cipher. */
  get cipher(): CipherName;

  /** The engine that serves this key. */
  get engine(): EngineName;

  /** How many messages this key and its clones have sealed under random nonces; of a closed key, until it was closed. */
  get seals(): bigint;

  /**
   * The same key, served by the best engine that is not above this one. It counts its seals anew.
   *
   * @throws {UnknownEngineError} where this CPU does not run the engine.
   */
  withEngine(engine: EngineName): Key;

  /**
   * The same bytes as a key of another cipher with the same key length. It counts its seals anew.
   *
   * @throws {KeyLengthError} where the cipher needs another length.
   */
  withCipher(cipher: CipherName): Key;

  /** The same key with a `close` of its own. Both share the count of seals. */
  clone(): Key;

  /** A copy of the secret bytes. It is yours to wipe: `fill(0)`. */
  toBytes(): Buffer;

  /** The secret bytes as text that {@link Key.fromText} reads; base64 unless asked otherwise. */
  toText(encoding?: "base64" | "hex"): string;

  /** Whether cipher and bytes are the same, compared in constant time. */
  equals(other: Key): boolean;

  /**
   * Wipes the key as soon as the operations that run with it have ended. What was made of it holds the key itself. May be
   * called more than once.
   */
  close(): void;

  /** `Key(aegis256)`, as everywhere where a key is shown. */
  toString(): string;

  /** The same, which nothing reads back. */
  toJSON(): string;

  /** {@link Key.close}, at the end of a block with `using`. */
  [Symbol.dispose](): void;
}

// Messages

/** What goes with a message. */
export interface MessageSyncOptions {
  /** Unique under the key, of the cipher's nonce length. */
  nonce: Bytes;
  /** What is authenticated with the message, and not encrypted; nothing unless given. */
  associatedData?: Bytes | undefined;
}

/** What goes with a message that is worked on beside JavaScript. */
export interface MessageOptions extends MessageSyncOptions {
  /** Rejects the promise with its reason; nothing is written then. */
  signal?: AbortSignal | undefined;
}

/** What goes with many messages. */
export interface BatchSyncOptions {
  /** One for each message, each unique under the key. */
  nonces: readonly Bytes[];
  /** One for each message; nothing for any unless given. */
  associatedData?: readonly Bytes[] | undefined;
}

/** What goes with many messages that are worked on beside JavaScript. */
export interface BatchOptions extends BatchSyncOptions {
  /** Rejects the promise with its reason. */
  signal?: AbortSignal | undefined;
}

/**
 * Authenticated encryption of messages. A sealed message is ciphertext and then the tag of 16 bytes.
 *
 * **No nonce may ever be used twice under a key**, or plaintext is given away (and under AES-GCM, the power to forge). These
 * seals are not counted by {@link Key.seals}. {@link PageCodec} draws nonces itself.
 *
 * `into` is the memory of the source, or apart from it ({@link OverlapError}), and exactly as long as what is written to it.
 * After any error but {@link AuthenticationError}, nothing has been written.
 */
export class Aead {
  /** Holds the key until it is closed itself. */
  constructor(key: Key);

  /** The key's cipher. */
  get cipher(): CipherName;

  /** The key's engine. */
  get engine(): EngineName;

  /** Length of a nonce, in bytes. */
  get nonceLength(): number;

  /** Length of a tag, in bytes: 16. */
  get tagLength(): number;

  /** How much longer a sealed message is, in bytes: 16. */
  get overhead(): number;

  /**
   * Seals a message: ciphertext and tag.
   *
   * @throws {BufferLengthError} for the nonce.
   * @throws {MessageTooLongError}
   */
  seal(data: Bytes, options: MessageOptions): Promise<Buffer>;
  /** {@link Aead.seal}, at once. */
  sealSync(data: Bytes, options: MessageSyncOptions): Buffer;

  /**
   * Opens a sealed message.
   *
   * @throws {AuthenticationError} where it is damaged or forged, or sealed with another key, nonce or associated data.
   * @throws {BufferLengthError} for the nonce, or a message that is shorter than a tag.
   */
  open(data: Bytes, options: MessageOptions): Promise<Buffer>;
  /** {@link Aead.open}, at once. */
  openSync(data: Bytes, options: MessageSyncOptions): Buffer;

  /**
   * {@link Aead.seal} into a buffer that is 16 bytes longer. Gives how many bytes were written.
   *
   * @throws {OverlapError}
   */
  sealInto(data: Bytes, into: Bytes, options: MessageOptions): Promise<number>;
  /** {@link Aead.sealInto}, at once. */
  sealIntoSync(data: Bytes, into: Bytes, options: MessageSyncOptions): number;

  /**
   * {@link Aead.open} into a buffer that is 16 bytes shorter. Gives how many bytes were written. `into` becomes zeros where
   * the message is not authentic.
   *
   * @throws {OverlapError}
   */
  openInto(data: Bytes, into: Bytes, options: MessageOptions): Promise<number>;
  /** {@link Aead.openInto}, at once. */
  openIntoSync(data: Bytes, into: Bytes, options: MessageSyncOptions): number;

  /** Seals a message in place, and gives its tag. */
  sealDetached(buffer: Bytes, options: MessageOptions): Promise<Buffer>;
  /** {@link Aead.sealDetached}, at once. */
  sealDetachedSync(buffer: Bytes, options: MessageSyncOptions): Buffer;

  /** Opens a message in place. It becomes zeros where it is not authentic. */
  openDetached(buffer: Bytes, tag: Bytes, options: MessageOptions): Promise<void>;
  /** {@link Aead.openDetached}, at once. */
  openDetachedSync(buffer: Bytes, tag: Bytes, options: MessageSyncOptions): void;

  /** Seals many messages of any lengths, which costs less than one by one. */
  sealBatch(messages: readonly Bytes[], options: BatchOptions): Promise<Buffer[]>;
  /** {@link Aead.sealBatch}, at once. */
  sealBatchSync(messages: readonly Bytes[], options: BatchSyncOptions): Buffer[];

  /**
   * Opens many sealed messages. With `partial`, those that are not authentic are `null`; without, they are an error.
   *
   * @throws {AuthenticationError} `numbers` are those that failed, from 0.
   */
  openBatch(messages: readonly Bytes[], options: BatchOptions & { partial?: false | undefined }): Promise<Buffer[]>;
  openBatch(
    messages: readonly Bytes[],
    options: BatchOptions & { partial?: boolean | undefined },
  ): Promise<(Buffer | null)[]>;
  /** {@link Aead.openBatch}, at once. */
  openBatchSync(messages: readonly Bytes[], options: BatchSyncOptions & { partial?: false | undefined }): Buffer[];
  openBatchSync(
    messages: readonly Bytes[],
    options: BatchSyncOptions & { partial?: boolean | undefined },
  ): (Buffer | null)[];

  /** Lets the key go as soon as running operations have ended. May be called more than once. */
  close(): void;

  /** {@link Aead.close}, at the end of a block with `using`. */
  [Symbol.dispose](): void;
}

// Pages

/** What goes with work that can be aborted. */
export interface AbortOptions {
  /** Rejects the promise with its reason; nothing is written then. */
  signal?: AbortSignal | undefined;
}

/** How a codec works. */
export interface PageCodecOptions {
  /** Length of a page in bytes, a power of two from 512 to 65536; 4096 unless given. */
  pageSize?: number | undefined;
  /** How nonce, tag and ciphertext lie in a page. */
  format?: "turso" | undefined;
}

/**
 * Seals and opens pages of one format and size, and frames of write-ahead logs, under one key.
 *
 * Pages lie one after the other in one buffer: the more of them a call gets, the less each costs. They are numbered from 1.
 * The last {@link PageCodec.reservedLength} bytes of a plaintext page are zero. Page 1 begins with SQLite's header. The page
 * that holds the {@link PENDING_BYTE} is sealed as zeros, and opens to zeros.
 *
 * After any error but {@link AuthenticationError}, nothing has been written. With that one, `numbers` tells which pages
 * failed: zeros are in their place, and the others are open.
 */
export class PageCodec {
  /**
   * Holds the key until it is closed itself.
   *
   * @throws {PageSizeError}
   * @throws {UnsupportedFormatError} for `chacha20poly1305`, which Turso's format does not have.
   * @throws {InvalidArgumentError} for a format that there is not.
   */
  constructor(key: Key, options?: PageCodecOptions);

  /** The key's cipher. */
  get cipher(): CipherName;

  /** The key's engine. */
  get engine(): EngineName;

  /** The format. */
  get format(): "turso";

  /** Length of a page, in bytes. */
  get pageSize(): number;

  /** Bytes at the end of each page that hold tag and nonce: 28, 32 or 48. */
  get reservedLength(): number;

  /** Length of a frame of a write-ahead log, in bytes: its header and a page. */
  get frameLength(): number;

  /**
   * Seals the pages `first`, `first + 1`, … in place, each under a fresh nonce.
   *
   * @throws {BufferLengthError} for a length that is no multiple of the page size.
   * @throws {PageNumberError}
   * @throws {MalformedError} where reserved bytes are not zero, or page 1's header does not fit.
   * @throws {UsageLimitError}
   * @throws {RandomSourceError}
   */
  sealPages(first: number, pages: Bytes, options?: AbortOptions): Promise<void>;
  /** {@link PageCodec.sealPages}, at once. */
  sealPagesSync(first: number, pages: Bytes): void;

  /**
   * Opens the pages `first`, `first + 1`, … in place.
   *
   * @throws {AuthenticationError}
   * @throws {BufferLengthError} for a length that is no multiple of the page size.
   * @throws {PageNumberError}
   * @throws {NotEncryptedError} for page 1, as the following.
   * @throws {UnsupportedFormatError}
   * @throws {CipherMismatchError}
   * @throws {MalformedError}
   */
  openPages(first: number, pages: Bytes, options?: AbortOptions): Promise<void>;
  /** {@link PageCodec.openPages}, at once. */
  openPagesSync(first: number, pages: Bytes): void;

  /**
   * {@link PageCodec.sealPages} from one buffer into another of the same length: the same memory, or apart.
   *
   * @throws {OverlapError}
   */
  sealPagesInto(first: number, source: Bytes, into: Bytes, options?: AbortOptions): Promise<void>;
  /** {@link PageCodec.sealPagesInto}, at once. */
  sealPagesIntoSync(first: number, source: Bytes, into: Bytes): void;

  /**
   * {@link PageCodec.openPages} from one buffer into another of the same length: the same memory, or apart.
   *
   * @throws {OverlapError}
   */
  openPagesInto(first: number, source: Bytes, into: Bytes, options?: AbortOptions): Promise<void>;
  /** {@link PageCodec.openPagesInto}, at once. */
  openPagesIntoSync(first: number, source: Bytes, into: Bytes): void;

  /** {@link PageCodec.sealPages} into a new buffer. */
  sealedPages(first: number, pages: Bytes, options?: AbortOptions): Promise<Buffer>;
  /** {@link PageCodec.sealedPages}, at once. */
  sealedPagesSync(first: number, pages: Bytes): Buffer;

  /** {@link PageCodec.openPages} into a new buffer, if all pages are authentic. */
  openedPages(first: number, pages: Bytes, options?: AbortOptions): Promise<Buffer>;
  /** {@link PageCodec.openedPages}, at once. */
  openedPagesSync(first: number, pages: Bytes): Buffer;

  /** Seals one page into a new buffer. */
  sealPage(number: number, page: Bytes, options?: AbortOptions): Promise<Buffer>;
  /** {@link PageCodec.sealPage}, at once. */
  sealPageSync(number: number, page: Bytes): Buffer;

  /** Opens one page into a new buffer. */
  openPage(number: number, page: Bytes, options?: AbortOptions): Promise<Buffer>;
  /** {@link PageCodec.openPage}, at once. */
  openPageSync(number: number, page: Bytes): Buffer;

  /**
   * Seals the pages of frames in place, each under a fresh nonce, and makes the frames the next of the chain: page numbers
   * and commit sizes are yours, salts and checksums are written. Promises with one chain follow one another in the order of
   * the calls.
   *
   * @throws {PageSizeError} where the chain's log has another page size.
   */
  sealFrames(chain: WalChain, frames: Bytes, options?: AbortOptions): Promise<void>;
  /** {@link PageCodec.sealFrames}, at once. */
  sealFramesSync(chain: WalChain, frames: Bytes): void;

  /**
   * Opens the pages of frames in place; their headers stay. Whether frames belong to the log is for {@link WalChain.accept}
   * to tell, before.
   *
   * @param first The number of the first frame, from 1, for errors.
   * @throws {AuthenticationError}
   */
  openFrames(first: number, frames: Bytes, options?: AbortOptions): Promise<void>;
  /** {@link PageCodec.openFrames}, at once. */
  openFramesSync(first: number, frames: Bytes): void;

  /** {@link PageCodec.openFrames} from one buffer into another of the same length; headers are not copied. */
  openFramesInto(first: number, source: Bytes, into: Bytes, options?: AbortOptions): Promise<void>;
  /** {@link PageCodec.openFramesInto}, at once. */
  openFramesIntoSync(first: number, source: Bytes, into: Bytes): void;

  /** Lets the key go as soon as running operations have ended. May be called more than once. */
  close(): void;

  /** {@link PageCodec.close}, at the end of a block with `using`. */
  [Symbol.dispose](): void;
}

/**
 * The number of the page that holds the {@link PENDING_BYTE}.
 *
 * @throws {PageSizeError}
 */
export function pendingBytePage(pageSize: number): number;

/** What the header of page 1 says without the key. Nothing of it is authenticated. */
export interface TursoHeader {
  /** The format's version: 0. */
  readonly version: number;
  /** The cipher. */
  readonly cipher: CipherName;
  /** Length of a page, in bytes. */
  readonly pageSize: number;
  /** The reserved bytes at the end of each page. */
  readonly reservedLength: number;
}

/**
 * Reads the first 100 bytes of an encrypted database; more are ignored.
 *
 * @throws {NotEncryptedError} for a plain SQLite database.
 * @throws {UnsupportedFormatError} for anything else that is not of the format.
 * @throws {MalformedError} where the header contradicts itself.
 */
export function parseTursoHeader(bytes: Bytes): TursoHeader;

// Write-ahead logs

/** What a log's header holds. */
export interface WalHeaderFields {
  /** The order in which checksums read their words; `little`, as Turso writes, unless given. */
  byteOrder?: "little" | "big" | undefined;
  /** Length of a page, in bytes. */
  pageSize: number;
  /** How often the log was checkpointed; 0 unless given. */
  checkpoint?: number | undefined;
  /** Two numbers that change with every checkpoint. */
  salts: readonly [number, number];
}

/** The header of a write-ahead log. */
export class WalHeader {
  /**
   * A header with its checksum.
   *
   * @throws {PageSizeError}
   * @throws {InvalidArgumentError} for the byte order.
   */
  constructor(fields: WalHeaderFields);

  /**
   * Reads the first 32 bytes of a log; more are ignored.
   *
   * @throws {MalformedError} SQLite takes such a log for an empty one.
   */
  static parse(bytes: Bytes): WalHeader;

  /** The order in which checksums read their words. */
  get byteOrder(): "little" | "big";

  /** Length of a page, in bytes. */
  get pageSize(): number;

  /** How often the log was checkpointed. */
  get checkpoint(): number;

  /** Numbers that change with every checkpoint: frames with others are left over from before it. */
  get salts(): readonly [number, number];

  /** The header as it stands in the file: 32 bytes. */
  toBytes(): Buffer;

  /** Its fields. */
  toJSON(): Required<WalHeaderFields>;
}

/** What the header of a frame holds. */
export interface WalFrameHeaderFields {
  /** The page that the frame holds. */
  page: number;
  /** Of a transaction's last frame: the database's size in pages; else 0. */
  commitSize: number;
  /** The log's salts when the frame was written. */
  salts: readonly [number, number];
  /** The chain's checksum after this frame. */
  checksum: readonly [number, number];
}

/** The header of a frame. */
export class WalFrameHeader {
  private constructor();

  /**
   * Reads the first 24 bytes of a frame; more are ignored.
   *
   * @throws {BufferLengthError} where there are fewer.
   */
  static parse(bytes: Bytes): WalFrameHeader;

  /** The page that the frame holds. */
  get page(): number;

  /** Of a transaction's last frame: the database's size in pages; else 0. */
  get commitSize(): number;

  /** The log's salts when the frame was written. */
  get salts(): readonly [number, number];

  /** The chain's checksum after this frame. */
  get checksum(): readonly [number, number];

  /** Its fields. */
  toJSON(): WalFrameHeaderFields;
}

/**
 * The checksum chain over a log: which frames belong to it, in their order. It covers the sealed pages and needs no key.
 * While a promise of {@link PageCodec.sealFrames} is pending, the chain takes further promises, and nothing else
 * ({@link InvalidArgumentError}).
 */
export class WalChain {
  private constructor();

  /**
   * The chain before the first frame of the log that begins with this header.
   *
   * @throws {MalformedError} for bytes that are no header.
   */
  static start(header: WalHeader | Bytes): WalChain;

  /**
   * The chain behind a frame whose header holds this checksum, accepted or not.
   *
   * @throws {MalformedError} for bytes that are no header.
   */
  static resume(header: WalHeader | Bytes, checksum: readonly [number, number]): WalChain;

  /** The checksum after the last frame that was accepted or sealed. */
  get checksum(): readonly [number, number];

  /**
   * Whether this frame (its header and its sealed page) is the log's next. If so, the chain goes on behind it; if not, the
   * log ends before it, and the chain stays where it is.
   *
   * @throws {BufferLengthError} where it has not a frame's length.
   */
  accept(frame: Bytes): boolean;

  /** Frees the chain. May be called more than once. */
  close(): void;

  /** {@link WalChain.close}, at the end of a block with `using`. */
  [Symbol.dispose](): void;
}

// Whole files

/**
 * Is told now and then how far the work is, some forty times a second at most: the bytes done and the bytes there are in
 * all, which may still grow. Both are 0 while the work waits for another program. `false` stops the work
 * ({@link CancelledError}); what it throws stops it, too, and is what the function throws or its promise rejects with. The
 * work waits for it.
 */
export type Progress = (done: number, total: number) => boolean | void;

/** How work on a file is done at once. */
export interface FileSyncOptions {
  /** How long to wait for another program that is just writing, in milliseconds; 5000 unless given. */
  wait?: number | undefined;
  /** Is told how far the work is, on the thread that called the function. */
  progress?: Progress | undefined;
}

/** How work on a file is done. */
export interface FileOptions extends FileSyncOptions {
  /** Stops the work, which leaves nothing behind; then the promise rejects with the signal's reason. */
  signal?: AbortSignal | undefined;
}

/** How one file is made of another. */
export interface ConversionOptions {
  /** Whether an existing destination is replaced; `false` unless given. */
  force?: boolean | undefined;
}

/** How a file is encrypted. */
export interface EncryptOptions extends ConversionOptions {
  /** The format of the encrypted file. */
  format?: "turso" | undefined;
}

/** How a file is decrypted. */
export interface DecryptOptions extends ConversionOptions {
  /** Whether pages are packed anew without reserved bytes, as SQLite itself makes databases; `false` unless given. */
  compact?: boolean | undefined;
}

/** How a file is verified. */
export interface VerifyOptions {
  /** How many threads work on it; as many as the CPU runs at once unless given. */
  threads?: number | undefined;
}

/** What was made of a database, and how. */
export interface Summary {
  /** The cipher of the encrypted file. */
  readonly cipher: CipherName;
  /** The engine that did it. */
  readonly engine: EngineName;
  /**
   * How: pages were `sealed` or `opened` one by one, SQLite wrote the database anew with other reserved bytes (`rebuilt`),
   * or the content was copied into pages without reserved bytes (`repacked`).
   */
  readonly way: "sealed" | "opened" | "rebuilt" | "repacked";
  /** Length of a page of the source, in bytes. */
  readonly sourcePageSize: number;
  /** Length of a page of the new file, in bytes. */
  readonly pageSize: number;
  /** How many pages the new file has. */
  readonly pages: number;
  /** Length of the new file, in bytes. */
  readonly bytes: number;
  /** How many frames of the source's write-ahead log were taken in; 0 where a plain database is encrypted: SQLite does it. */
  readonly framesApplied: number;
  /** Whether the pages had to become larger: SQLite wants 480 usable bytes in each. */
  readonly grew: boolean;
}

/**
 * Encrypts a plain SQLite database, its write-ahead log taken in, into a new file in Turso's format. The source is only
 * read, and no plaintext copy reaches the disk; the destination appears once it is complete.
 *
 * It works on a thread of its own. When the process or the worker ends, it is stopped first.
 *
 * The package carries a SQLite of its own. Where the same process has the source open through another copy, POSIX locks do
 * not keep them apart: on Linux such a file is refused ({@link LockedError}, `this_process`) while locks are held.
 *
 * @throws {DestinationExistsError}
 * @throws {LockedError}
 * @throws {UnsupportedFormatError} for a file that is encrypted already, or no SQLite database.
 * @throws {MalformedError} for a damaged source.
 * @throws {CancelledError}
 * @throws {InvalidArgumentError} for a destination that is the source, or no file.
 * @throws {InputOutputError}
 * @throws {FilePermissionsError}
 * @throws {UsageLimitError}
 * @throws {RandomSourceError}
 */
export function encryptFile(
  source: PathLike,
  destination: PathLike,
  key: Key,
  options?: EncryptOptions & FileOptions,
): Promise<Summary>;

/** {@link encryptFile}, at once. */
export function encryptFileSync(
  source: PathLike,
  destination: PathLike,
  key: Key,
  options?: EncryptOptions & FileSyncOptions,
): Summary;

/**
 * Decrypts a database, the committed frames of its write-ahead log applied, into a new plain SQLite database, readable for
 * its owner only. The file names its cipher: of the key only the bytes count.
 *
 * It works on a thread of its own. When the process or the worker ends, it is stopped first.
 *
 * @throws {AuthenticationError} for the first damaged page or frame that the database needs.
 * @throws {WrongKeyError}
 * @throws {KeyLengthError}
 * @throws {NotEncryptedError}
 * @throws {UnsupportedFormatError}
 * @throws {MalformedError} for a file that was cut or grew.
 * @throws {DestinationExistsError}
 * @throws {LockedError}
 * @throws {CancelledError}
 * @throws {InvalidArgumentError} for a destination that is the source, or no file.
 * @throws {InputOutputError}
 * @throws {FilePermissionsError}
 */
export function decryptFile(
  source: PathLike,
  destination: PathLike,
  key: Key,
  options?: DecryptOptions & FileOptions,
): Promise<Summary>;

/** {@link decryptFile}, at once. */
export function decryptFileSync(
  source: PathLike,
  destination: PathLike,
  key: Key,
  options?: DecryptOptions & FileSyncOptions,
): Summary;

/** Numbers of pages or frames from `first` to `last`, both included. */
export interface NumberRange {
  /** The smallest. */
  readonly first: number;
  /** The largest. */
  readonly last: number;
}

/** What is right and wrong with an encrypted database. Ranges ascend and do not touch. */
export interface VerifyReport {
  /** Whether nothing is damaged. */
  readonly intact: boolean;
  /** The damage as one error, the gravest first; `null` where nothing is damaged. */
  readonly error: PagecryptError | null;
  /** The cipher that opens it. */
  readonly cipher: CipherName;
  /** The engine that opened it. */
  readonly engine: EngineName;
  /** Length of a page, in bytes. */
  readonly pageSize: number;
  /** How many pages the database has, its write-ahead log applied. */
  readonly pages: number;
  /** How many whole pages of the main file were checked. */
  readonly pagesChecked: number;
  /** Bytes behind the last whole page that do not belong to the database. */
  readonly trailingBytes: number;
  /** Everything that is damaged, a sentence each. */
  readonly findings: readonly string[];
  /** Fields of page 1's header that are damaged: with them put right, page 1 opens. */
  readonly damagedHeader: readonly string[];
  /** Pages of the main file that are damaged or forged, whether or not the log replaces them. */
  readonly damagedPages: readonly NumberRange[];
  /** Pages that the database has, and neither the file nor the log holds: the file was cut. */
  readonly missingPages: readonly NumberRange[];
  /** Whole pages behind the database's last one that open under the key: left over, and no damage. */
  readonly surplusPages: readonly NumberRange[];
  /** Whole pages behind the database's last one that are not its own. */
  readonly foreignPages: readonly NumberRange[];
  /** The write-ahead log; `null` where there is none. */
  readonly log: LogReport | null;

  /** This report; of a damaged database, throws {@link VerifyReport.error}. */
  requireIntact(): this;
}

/** What is right and wrong with a database's write-ahead log. */
export interface LogReport {
  /** How many whole frames there are. */
  readonly frames: number;
  /** How many of them, from the first, are part of the database. */
  readonly committed: number;
  /** How many follow that no commit ended. */
  readonly uncommitted: number;
  /** How many are left over from before a checkpoint. */
  readonly stale: number;
  /** Bytes behind the last whole frame. */
  readonly tornBytes: number;
  /** Frames, from 1, that are damaged, forged, or not in their place. */
  readonly damaged: readonly NumberRange[];
  /** What is wrong with the log's header, so that it cannot be applied; `null` for nothing. */
  readonly problem: string | null;
}

/**
 * Authenticates every page of an encrypted database and every frame of its write-ahead log, and tells what is damaged. The
 * file names its cipher: of the key only the bytes count. Nothing is written.
 *
 * It works on threads of its own. When the process or the worker ends, it is stopped first.
 *
 * @throws {WrongKeyError} where nothing can be checked, as with the following.
 * @throws {KeyLengthError}
 * @throws {NotEncryptedError}
 * @throws {UnsupportedFormatError}
 * @throws {MalformedError} for a file without a whole page 1.
 * @throws {LockedError}
 * @throws {CancelledError}
 * @throws {InputOutputError}
 * @throws {FilePermissionsError}
 */
export function verifyFile(path: PathLike, key: Key, options?: VerifyOptions & FileOptions): Promise<VerifyReport>;

/** {@link verifyFile}, at once. */
export function verifyFileSync(path: PathLike, key: Key, options?: VerifyOptions & FileSyncOptions): VerifyReport;

/** What can be seen of a database without a key. Nothing of it is authenticated. `null` is what is not known. */
export interface Inspection {
  /** What kind of file it is. */
  readonly format: "turso" | "sqlite" | "unknown";
  /** The version of Turso's format. */
  readonly version: number | null;
  /** The cipher, where the header names one. */
  readonly cipher: CipherName | null;
  /** Length of a page, in bytes. */
  readonly pageSize: number | null;
  /** Reserved bytes of each page. */
  readonly reservedLength: number | null;
  /** Length of the file, in bytes. */
  readonly length: number;
  /** How many whole pages the file holds. */
  readonly pages: number | null;
  /** How many pages the header says there are. */
  readonly headerPages: number | null;
  /** Bytes behind the last whole page. */
  readonly trailingBytes: number | null;
  /** What is wrong with the header; `null` for nothing. */
  readonly problem: string | null;
  /** Whether a program that stopped left a journal that must be rolled back. */
  readonly hotJournal: boolean;
  /** The write-ahead log; `null` where there is none. */
  readonly log: LogInspection | null;
}

/** What can be seen of a write-ahead log without a key. */
export interface LogInspection {
  /** Length of the file, in bytes. */
  readonly length: number;
  /** Its header, where it is sound and belongs to the database. */
  readonly header: WalHeader | null;
  /** What is wrong with the header; `null` for nothing. */
  readonly problem: string | null;
  /** How many whole frames there are. */
  readonly frames: number;
  /** How many of them, from the first, hold together and end in a commit. */
  readonly committed: number;
  /** How many are left over from before a checkpoint. */
  readonly stale: number;
  /** How many pages the database has with the log applied; `null` where nothing is committed. */
  readonly committedPages: number | null;
  /** Bytes behind the last whole frame. */
  readonly tornBytes: number;
}

/**
 * Looks at a database and its write-ahead log without a key, and without a lock.
 *
 * @throws {InputOutputError}
 * @throws {FilePermissionsError}
 * @throws {InvalidArgumentError} where it is not a file.
 * @throws {LockedError} where this process holds locks on it.
 */
export function inspectFile(path: PathLike): Promise<Inspection>;

/** {@link inspectFile}, at once. */
export function inspectFileSync(path: PathLike): Inspection;

// Reading

/** How a reader is opened at once. */
export interface OpenSyncOptions {
  /** How long to wait for another program that is just writing, in milliseconds; 5000 unless given. */
  wait?: number | undefined;
}

/** How a reader is opened. */
export interface OpenOptions extends OpenSyncOptions {
  /** Stops waiting; the promise rejects with the signal's reason. */
  signal?: AbortSignal | undefined;
}

/** Which part of a database a stream gives. */
export interface ReadStreamOptions {
  /** The first byte, from 0. */
  start?: number | undefined;
  /** The last byte, included, as in `fs.createReadStream`; all there are unless given. */
  end?: number | undefined;
  /** How many bytes are read ahead; 65536 unless given. */
  highWaterMark?: number | undefined;
  /** Destroys the stream. */
  signal?: AbortSignal | undefined;
}

/**
 * An encrypted database as a plain SQLite database has its bytes, the committed frames of its write-ahead log applied. It
 * hands out only what is authentic; each page is checked when it is read. Reserved bytes are zero.
 *
 * The files must not change meanwhile: see {@link PageReader.checkUnchanged}. On Unix the main file is locked as a reader
 * does, until this is closed.
 */
export class PageReader {
  private constructor();

  /**
   * Opens a database. The file names its cipher: of the key only the bytes count. Errors are those of {@link verifyFile},
   * and {@link AuthenticationError} and {@link MalformedError} where page 1 or the log's end is damaged, or the file is too
   * short or too long.
   */
  static open(path: PathLike, key: Key, options?: OpenOptions): Promise<PageReader>;

  /** {@link PageReader.open}, at once. */
  static openSync(path: PathLike, key: Key, options?: OpenSyncOptions): PageReader;

  /** The cipher that the file names. */
  get cipher(): CipherName;

  /** The engine that opens it. */
  get engine(): EngineName;

  /** Length of a page, in bytes. */
  get pageSize(): number;

  /** How many pages the database has, its log applied. */
  get pageCount(): number;

  /** Length of the plain database, in bytes. */
  get size(): number;

  /** How many frames of the log are part of the database. */
  get framesApplied(): number;

  /**
   * Reads bytes: `length` of them, fewer where the database ends, none behind its end. Whole pages are cheapest.
   *
   * @throws {AuthenticationError} with the pages, or the frame of the log, that failed.
   * @throws {LockedError} where somebody has cut the file.
   * @throws {InputOutputError}
   */
  readAt(offset: number, length: number, options?: AbortOptions): Promise<Buffer>;
  /** {@link PageReader.readAt}, at once. */
  readAtSync(offset: number, length: number): Buffer;

  /**
   * Reads as many bytes as the buffer has room for, fewer where the database ends. Gives how many; the rest of the buffer
   * stays as it is. After an error it is all zeros.
   */
  readInto(offset: number, buffer: Bytes, options?: AbortOptions): Promise<number>;
  /** {@link PageReader.readInto}, at once. */
  readIntoSync(offset: number, buffer: Bytes): number;

  /**
   * Reads the pages `first`, `first + 1`, …
   *
   * @throws {PageNumberError} beyond the last page.
   * @throws {AuthenticationError} with the pages, or the frame of the log, that failed.
   */
  readPages(first: number, count: number, options?: AbortOptions): Promise<Buffer>;
  /** {@link PageReader.readPages}, at once. */
  readPagesSync(first: number, count: number): Buffer;

  /**
   * Asks whether nobody has written to the files since they were opened: else, what was read may not fit together.
   *
   * @throws {LockedError} if somebody has.
   */
  checkUnchanged(options?: AbortOptions): Promise<void>;
  /** {@link PageReader.checkUnchanged}, at once. */
  checkUnchangedSync(): void;

  /** A stream of the bytes. Closing the reader ends it by {@link ClosedError}. */
  createReadStream(options?: ReadStreamOptions): Readable;

  /** Closes the files as soon as running operations have ended. May be called more than once. */
  close(): void;

  /** {@link PageReader.close}, at the end of a block with `using`. */
  [Symbol.dispose](): void;

  /** {@link PageReader.close}, at the end of a block with `await using`. */
  [Symbol.asyncDispose](): Promise<void>;
}

// Records

/** How nonce, tag and ciphertext lie in a record: as in S2, or in the format of our own, which binds it to its place. */
export type RecordFormat = "s2" | "bound";

/** What the records of a codec belong to. A record of one context does not open in another. */
export type RecordContext =
  | {
      /** A stream; the caller assigns the sequence numbers. */
      readonly kind: "stream";
      /** The stream's id, 32 bytes. */
      readonly id: Bytes;
    }
  | {
      /** A store; every record has the token of its path. */
      readonly kind: "store";
      /** The store's id, 16 bytes. */
      readonly id: Bytes;
    }
  | {
      /** What one writer puts into a stream whose server assigns the positions: the writer counts its own records. */
      readonly kind: "writer";
      /** The stream's id, 32 bytes. */
      readonly id: Bytes;
      /** The writer's id, 16 bytes. */
      readonly writer: Bytes;
    };

/** Where a record belongs, beyond what its codec says. What a format cannot bind must not be given. */
export interface PlaceSyncOptions {
  /**
   * The record's number in its stream, from 0. `bound` authenticates it; `s2` takes it on sealing only, to keep its limit,
   * since that format does not bind it.
   */
  sequence?: number | bigint | undefined;
  /**
   * When the record was written, in units of the writer's, readable without the key: `bound` only. On opening, the record
   * says it itself; a clock that is given must be that one.
   */
  clock?: number | bigint | undefined;
  /** How often the record was sealed again: `bound` with a clock only. {@link RecordCodec.reseal} counts it. */
  reseals?: number | undefined;
  /** The token of the path, 32 bytes: records of a store only, which must have one. */
  token?: Bytes | undefined;
}

/** Where a record belongs that is worked on beside JavaScript. */
export interface PlaceOptions extends PlaceSyncOptions {
  /** Rejects the promise with its reason. */
  signal?: AbortSignal | undefined;
}

/** Where many records belong: each list has one for each record, or `undefined` for nothing. */
export interface PlacesSyncOptions {
  /** As {@link PlaceSyncOptions.sequence}. */
  sequences?: readonly (number | bigint | undefined)[] | undefined;
  /** As {@link PlaceSyncOptions.clock}. */
  clocks?: readonly (number | bigint | undefined)[] | undefined;
  /** As {@link PlaceSyncOptions.reseals}. */
  reseals?: readonly (number | undefined)[] | undefined;
  /** As {@link PlaceSyncOptions.token}. */
  tokens?: readonly (Bytes | undefined)[] | undefined;
}

/** Where many records belong that are worked on beside JavaScript. */
export interface PlacesOptions extends PlacesSyncOptions {
  /** Rejects the promise with its reason. */
  signal?: AbortSignal | undefined;
}

/** How a stream of records works. */
export interface RecordStreamOptions {
  /** The sequence number of the first record; the others count up from it. Without it, none is given. */
  firstSequence?: number | bigint | undefined;
  /**
   * `length`: bytes go in and come out, in chunks that are cut anywhere, each record with its length before it, as 4 bytes,
   * the most significant first. Unless given, the stream is in object mode: each chunk is a record.
   */
  framing?: "length" | undefined;
  /** With `framing`: the longest record that is taken, in bytes; 16777216 unless given, 2147483647 at most. */
  maxLength?: number | undefined;
  /** Destroys the stream. */
  signal?: AbortSignal | undefined;
}

/** How a stream of records is sealed. */
export interface SealStreamOptions extends RecordStreamOptions {
  /** Asked for each record's clock, for example `Date.now`. */
  clock?: (() => number | bigint) | undefined;
}

/**
 * Seals and opens records: messages of any length, each sealed by itself under a nonce of its own, and bound to where it
 * belongs. Nonces are drawn from the operating system.
 *
 * An older record of the same place, and one that was left away, no record alone can tell.
 */
export class RecordCodec {
  private constructor();

  /**
   * A codec of S2's format for the records of one stream; their plaintext is an envelope, see {@link s2}.
   *
   * @param streamId 32 bytes, as {@link s2.streamId} gives them.
   * @throws {UnsupportedFormatError} for ciphers other than `aegis256` and `aes256gcm`.
   * @throws {BufferLengthError}
   */
  static s2(key: Key, streamId: Bytes): RecordCodec;

  /**
   * A codec of our own format for the records of one context.
   *
   * @throws {BufferLengthError} for an id of another length.
   */
  static bound(key: Key, context: RecordContext): RecordCodec;

  /** The cipher of the key that seals. */
  get cipher(): CipherName;

  /** The engine of the key that seals. */
  get engine(): EngineName;

  /** The format. */
  get format(): RecordFormat;

  /** The id of the key that seals, 4 bytes, as records carry it; `null` under `s2`. */
  get keyId(): Buffer | null;

  /**
   * The same codec with one more key, under which records are opened but never sealed: the one from before a rotation. Both
   * codecs are closed apart.
   *
   * @throws {InvalidArgumentError} under `s2`, and where the key that seals has the same id.
   */
  withDecryptOnlyKey(key: Key): RecordCodec;

  /** Length of the record of a plaintext, in bytes. */
  sealedLength(plaintextLength: number, place?: PlaceSyncOptions): number;

  /**
   * Length of a record's plaintext, in bytes, from what it says in clear; whether it opens is another question.
   *
   * @throws {MalformedError}
   * @throws {UnsupportedFormatError}
   * @throws {CipherMismatchError}
   */
  openedLength(record: Bytes): number;

  /**
   * Whether a record was sealed under a key that only opens. It says so itself, in clear; `false` under `s2`. Errors are
   * those of {@link RecordCodec.openedLength}, and {@link UnknownKeyIdError}.
   */
  needsReseal(record: Bytes): boolean;

  /**
   * Seals one record.
   *
   * @throws {InvalidArgumentError} for a place that the format cannot bind.
   * @throws {MalformedError} under `s2`, where the plaintext is not an envelope.
   * @throws {MessageTooLongError}
   * @throws {UsageLimitError}
   * @throws {RandomSourceError}
   */
  seal(plaintext: Bytes, options?: PlaceOptions): Promise<Buffer>;
  /** {@link RecordCodec.seal}, at once. */
  sealSync(plaintext: Bytes, options?: PlaceSyncOptions): Buffer;

  /**
   * Opens one record.
   *
   * @throws {AuthenticationError} where it is damaged or forged, or belongs elsewhere.
   * @throws {UnknownKeyIdError} where no key of the codec has its id: of another stream or store, or another key.
   * @throws {MalformedError}
   * @throws {UnsupportedFormatError}
   * @throws {CipherMismatchError}
   * @throws {InvalidArgumentError} for a place that the format cannot bind.
   */
  open(record: Bytes, options?: PlaceOptions): Promise<Buffer>;
  /** {@link RecordCodec.open}, at once. */
  openSync(record: Bytes, options?: PlaceSyncOptions): Buffer;

  /**
   * Opens one record and seals its plaintext under the key that seals now. If it has a clock, it keeps it and counts
   * one reseal more.
   *
   * @throws {InvalidArgumentError} under `s2`, which knows no rotation; else as {@link RecordCodec.open} and `seal`.
   */
  reseal(record: Bytes, options?: PlaceOptions): Promise<Buffer>;
  /** {@link RecordCodec.reseal}, at once. */
  resealSync(record: Bytes, options?: PlaceSyncOptions): Buffer;

  /** Seals many records of any lengths, or none of them, which costs less than one by one. */
  sealBatch(plaintexts: readonly Bytes[], options?: PlacesOptions): Promise<Buffer[]>;
  /** {@link RecordCodec.sealBatch}, at once. */
  sealBatchSync(plaintexts: readonly Bytes[], options?: PlacesSyncOptions): Buffer[];

  /**
   * Opens many records. With `partial`, the error of each that does not open is in its place; without, the error of the
   * first is thrown.
   *
   * @throws {AuthenticationError} `numbers` are those that are not authentic, from 0.
   */
  openBatch(records: readonly Bytes[], options?: PlacesOptions & { partial?: false | undefined }): Promise<Buffer[]>;
  openBatch(
    records: readonly Bytes[],
    options?: PlacesOptions & { partial?: boolean | undefined },
  ): Promise<(Buffer | PagecryptError)[]>;
  /** {@link RecordCodec.openBatch}, at once. */
  openBatchSync(records: readonly Bytes[], options?: PlacesSyncOptions & { partial?: false | undefined }): Buffer[];
  openBatchSync(
    records: readonly Bytes[],
    options?: PlacesSyncOptions & { partial?: boolean | undefined },
  ): (Buffer | PagecryptError)[];

  /**
   * A stream that seals what is written to it, up to 64 records together. It fails as {@link RecordCodec.seal} does, and by
   * {@link MalformedError} where bytes end within a record, or a record is declared to be longer than the limit; memory is
   * taken as its bytes come, never for what is declared. Closing the codec ends it by {@link ClosedError}.
   */
  sealStream(options?: SealStreamOptions): Transform;

  /**
   * A stream that opens what is written to it, as {@link RecordCodec.sealStream}. It fails by the error of the first record
   * that does not open, and gives nothing of it; an {@link AuthenticationError} counts the stream's records from 0.
   */
  openStream(options?: RecordStreamOptions): Transform;

  /** Lets the keys go as soon as running operations have ended. May be called more than once. */
  close(): void;

  /** {@link RecordCodec.close}, at the end of a block with `using`. */
  [Symbol.dispose](): void;
}

/** What a record of our own format says without the key: authenticated only once the record was opened. */
export interface RecordHeader {
  /** The cipher. */
  readonly cipher: CipherName;
  /** The id of the key, 4 bytes. */
  readonly keyId: Buffer;
  /** When the record was written; `null` where it does not say. */
  readonly clock: bigint | null;
  /** How often the record was sealed again since it was written. */
  readonly reseals: number;
  /** Length of the plaintext, in bytes. */
  readonly plaintextLength: number;
}

/**
 * Reads the header of a whole record of our own format.
 *
 * @throws {MalformedError}
 * @throws {UnsupportedFormatError}
 */
export function parseRecordHeader(record: Bytes): RecordHeader;

/** Bytes that a record without a clock is longer than its plaintext; `null` where the format lacks the cipher. A clock
 * takes 8 bytes more. */
export function recordOverhead(cipher: CipherName, format: RecordFormat): number | null;

/**
 * Which of two records of one place is the later write: 1 for `a`, -1 for `b`, 0 only for equal bytes. No key is needed,
 * and nothing is proved: open a record before it replaces another. Errors are those of {@link parseRecordHeader}.
 */
export function compareWrites(a: Bytes, b: Bytes): -1 | 0 | 1;

/** The id of a key in a context, 4 bytes, as records name it. It tells nothing of the key. */
export function keyId(key: Key, context: RecordContext): Buffer;

/**
 * A new key for a rotation, whose id is none of those that are taken.
 *
 * @param taken the ids of all keys that the context ever had; none unless given.
 * @throws {RandomSourceError}
 * @throws {BufferLengthError} for an id that has not 4 bytes.
 */
export function generateKey(cipher: CipherName, context: RecordContext, taken?: readonly Bytes[]): Key;

// Stores

/**
 * The key that makes tokens of paths: 32 random bytes of a store, which stay when its data keys are rotated. It is kept and
 * wiped as a {@link Key}, and never shown.
 */
export class TokenKey {
  private constructor();

  /**
   * A new token key of the operating system's random bytes.
   *
   * @throws {RandomSourceError}
   */
  static generate(): TokenKey;

  /**
   * A token key of its 32 bytes, which are copied.
   *
   * @throws {KeyLengthError}
   */
  static fromBytes(bytes: Bytes): TokenKey;

  /** The token of a path, 32 bytes. Paths are compared byte by byte; text is taken as UTF-8. */
  token(path: string | Bytes): Buffer;

  /** A copy of the secret bytes. It is yours to wipe: `fill(0)`. */
  toBytes(): Buffer;

  /** Whether the bytes are the same, compared in constant time. */
  equals(other: TokenKey): boolean;

  /** Wipes the key as soon as the operations that run with it have ended. May be called more than once. */
  close(): void;

  /** `TokenKey`, as everywhere where one is shown. */
  toString(): string;

  /** The same, which nothing reads back. */
  toJSON(): string;

  /** {@link TokenKey.close}, at the end of a block with `using`. */
  [Symbol.dispose](): void;
}

/** What is sealed under a path of a store. Texts are taken as UTF-8. */
export interface StoreEntry {
  /** Where the entry belongs; with type and schema up to 65535 bytes each. */
  readonly path: string | Bytes;
  /** What it is. */
  readonly type: string | Bytes;
  /** What its body is laid out by. */
  readonly schema: string | Bytes;
  /** The content. */
  readonly body: Bytes;
  /** When it was written, in units of the writer's: the server sees it. */
  readonly clock?: number | bigint | null | undefined;
}

/** An entry that was opened. */
export interface OpenedEntry {
  /** Where it belongs. */
  readonly path: Buffer;
  /** What it is. */
  readonly type: Buffer;
  /** What its body is laid out by. */
  readonly schema: Buffer;
  /** The content. */
  readonly body: Buffer;
  /** When it was written; `null` where the record does not say. */
  readonly clock: bigint | null;
}

/** What a server keeps of an entry: it can neither read it nor compare it with another store's. */
export interface StoreRow {
  /** The token of the path, 32 bytes. */
  readonly token: Bytes;
  /** The record. */
  readonly record: Bytes;
}

/** A row that was sealed. */
export interface SealedRow extends StoreRow {
  /** The token of the path, 32 bytes. */
  readonly token: Buffer;
  /** The record. */
  readonly record: Buffer;
}

/** How a store's codec works. */
export interface StoreCodecOptions {
  /** The store's id, 16 bytes. */
  id: Bytes;
  /** What makes tokens of paths. It is held until the codec is closed. */
  tokenKey: TokenKey;
  /**
   * How much of an entry's length its record shows: all of it (`none`, unless given), or its size class, for at most 12 %
   * more (`padme`). Entries open however they were padded.
   */
  padding?: "none" | "padme" | undefined;
}

/** Seals and opens the entries of a store, in the format `bound`. */
export class StoreCodec {
  /**
   * Holds the keys until it is closed itself.
   *
   * @throws {BufferLengthError} for the id.
   * @throws {InvalidArgumentError} for a padding that there is not.
   */
  constructor(key: Key, options: StoreCodecOptions);

  /** The cipher of the key that seals. */
  get cipher(): CipherName;

  /** The engine of the key that seals. */
  get engine(): EngineName;

  /** The id of the key that seals, 4 bytes. */
  get keyId(): Buffer;

  /** As {@link RecordCodec.withDecryptOnlyKey}. */
  withDecryptOnlyKey(key: Key): StoreCodec;

  /** The token of a path, 32 bytes. */
  token(path: string | Bytes): Buffer;

  /** As {@link RecordCodec.needsReseal}. */
  needsReseal(record: Bytes): boolean;

  /**
   * Seals an entry.
   *
   * @throws {InvalidArgumentError} for a path, type or schema that is longer than 65535 bytes.
   * @throws {MessageTooLongError}
   * @throws {RandomSourceError}
   */
  seal(entry: StoreEntry, options?: AbortOptions): Promise<SealedRow>;
  /** {@link StoreCodec.seal}, at once. */
  sealSync(entry: StoreEntry): SealedRow;

  /**
   * Opens the entry of which the record is kept under the token. Errors are those of {@link RecordCodec.open}.
   *
   * @throws {AuthenticationError} also for an entry whose path does not give the token.
   * @throws {MalformedError} also for what is no entry.
   */
  open(token: Bytes, record: Bytes, options?: AbortOptions): Promise<OpenedEntry>;
  /** {@link StoreCodec.open}, at once. */
  openSync(token: Bytes, record: Bytes): OpenedEntry;

  /** Seals what a record holds under the key that seals now: see {@link RecordCodec.reseal}. */
  reseal(token: Bytes, record: Bytes, options?: AbortOptions): Promise<Buffer>;
  /** {@link StoreCodec.reseal}, at once. */
  resealSync(token: Bytes, record: Bytes): Buffer;

  /** Seals many entries, or none of them. */
  sealBatch(entries: readonly StoreEntry[], options?: AbortOptions): Promise<SealedRow[]>;
  /** {@link StoreCodec.sealBatch}, at once. */
  sealBatchSync(entries: readonly StoreEntry[]): SealedRow[];

  /**
   * Opens many entries. With `partial`, the error of each that does not open is in its place; without, the error of the
   * first is thrown.
   */
  openBatch(
    rows: readonly StoreRow[],
    options?: AbortOptions & { partial?: false | undefined },
  ): Promise<OpenedEntry[]>;
  openBatch(
    rows: readonly StoreRow[],
    options?: AbortOptions & { partial?: boolean | undefined },
  ): Promise<(OpenedEntry | PagecryptError)[]>;
  /** {@link StoreCodec.openBatch}, at once. */
  openBatchSync(rows: readonly StoreRow[], options?: { partial?: false | undefined }): OpenedEntry[];
  openBatchSync(
    rows: readonly StoreRow[],
    options?: { partial?: boolean | undefined },
  ): (OpenedEntry | PagecryptError)[];

  /** Lets the keys go as soon as running operations have ended. May be called more than once. */
  close(): void;

  /** {@link StoreCodec.close}, at the end of a block with `using`. */
  [Symbol.dispose](): void;
}

/**
 * S2's records, byte for byte: what a {@link RecordCodec} of the format `s2` seals, and the frame that S2 stores it in.
 *
 * S2 binds a record to its stream and to nothing else: whoever can write the storage can put records of one stream into
 * another order, repeat them, or leave some out.
 */
export namespace s2 {
  /** The name of the header that brings a key. */
  const KEY_HEADER: "s2-encryption-key";

  /** The largest metered size of a record, in bytes: 2^20. */
  const MAX_METERED_SIZE: 1048576;

  /** The longest fencing token, in bytes. */
  const MAX_FENCING_TOKEN_LENGTH: 36;

  /** The highest sequence number under `aes256gcm`: 2^32 - 1. */
  const MAX_AES256GCM_SEQUENCE: 4294967295;

  /** A header of an envelope to be encoded. Texts are taken as UTF-8. */
  interface HeaderInput {
    /** The name, which is not empty. */
    readonly name: string | Bytes;
    /** The value. */
    readonly value: string | Bytes;
  }

  /** Headers and body of a record to be encoded. */
  interface EnvelopeInput {
    /** In their order; names may repeat. None unless given. */
    readonly headers?: readonly HeaderInput[] | undefined;
    /** The body; empty unless given. */
    readonly body?: string | Bytes | undefined;
  }

  /** A header that was decoded. */
  interface Header extends HeaderInput {
    /** The name. */
    readonly name: Buffer;
    /** The value. */
    readonly value: Buffer;
  }

  /** Headers and body that were decoded. */
  interface Envelope extends EnvelopeInput {
    /** In their order. */
    readonly headers: readonly Header[];
    /** The body. */
    readonly body: Buffer;
  }

  /** A command: it stands in clear in every stream, and is authenticated by nothing. */
  type Command =
    | {
        /** Sets the token that appends have to give. */
        readonly kind: "fence";
        /** At most 36 bytes; an empty one takes it away. */
        readonly token: string;
        /** What S2 counts, in bytes. */
        readonly meteredSize: number;
      }
    | {
        /** Gives up all records before a sequence number. */
        readonly kind: "trim";
        /** That number. */
        readonly point: bigint;
        /** What S2 counts, in bytes. */
        readonly meteredSize: number;
      };

  /** An envelope of a stored record. */
  interface Plaintext extends Envelope {
    /** Stored in clear, or opened. */
    readonly kind: "plaintext";
    /** What S2 counts, in bytes. */
    readonly meteredSize: number;
  }

  /** An encrypted record with the size stored beside it. */
  interface Encrypted {
    /** Not opened. */
    readonly kind: "encrypted";
    /** The metered size of the envelope, in bytes; unauthenticated. */
    readonly meteredSize: number;
    /** What a {@link RecordCodec} opens. */
    readonly record: Buffer;
  }

  /** A stored record, by its `kind`. */
  type StoredRecord = Command | Plaintext | Encrypted;

  /** A stored record to be encoded. What S2 counts is computed, but for an encrypted one. */
  type StoredInput =
    | {
        /** Sets the token that appends have to give. */
        readonly kind: "fence";
        /** At most 36 bytes in UTF-8. */
        readonly token: string;
      }
    | {
        /** Gives up all records before a sequence number. */
        readonly kind: "trim";
        /** That number. */
        readonly point: number | bigint;
      }
    | (EnvelopeInput & {
        /** In clear. */
        readonly kind: "plaintext";
      })
    | {
        /** What a {@link RecordCodec} sealed. */
        readonly kind: "encrypted";
        /** The metered size of the envelope: see {@link meteredSize}. */
        readonly meteredSize: number;
        /** The record. */
        readonly record: Bytes;
      };

  /** What S2 answers to a request. */
  interface Answer {
    /** As S2's documentation has it; `null` where it does not say. */
    readonly documented: {
      /** The HTTP status, for example 422. */
      readonly http: number;
      /** The code in the body, for example `invalid`. */
      readonly code: string;
    } | null;
    /** As `s2-lite` 0.43 answers. */
    readonly lite: {
      /** The HTTP status. */
      readonly http: number;
      /** The code in the body. */
      readonly code: string;
    };
  }

  /**
   * The id that S2 gives the stream of this name, 32 bytes.
   *
   * @throws {InvalidArgumentError} for a name with a zero byte, which S2 does not have.
   */
  function streamId(basin: string, stream: string): Buffer;

  /**
   * The key of a request, as S2 reads it: 32 bytes in standard base64 with padding. White space around it does not count.
   *
   * @param value `undefined` or `null` stands for a header that is not there.
   * @throws {KeyRequiredError}
   * @throws {KeyTextError} No error carries the text.
   * @throws {KeyLengthError}
   * @throws {UnsupportedFormatError} for a cipher that S2 does not have.
   */
  function keyFromHeader(value: string | Bytes | undefined | null, cipher: CipherName): Key;

  /**
   * Encodes an envelope, the plaintext of a record.
   *
   * @throws {InvalidArgumentError} for an empty name, or a metered size above {@link MAX_METERED_SIZE}.
   */
  function encodeEnvelope(envelope: EnvelopeInput): Buffer;

  /**
   * Decodes an envelope.
   *
   * @throws {MalformedError}
   */
  function decodeEnvelope(bytes: Bytes): Envelope;

  /** What S2 counts for a record with this envelope, encrypted or not, in bytes. */
  function meteredSize(envelope: EnvelopeInput): number;

  /**
   * Decodes a stored record; of an encrypted one, the form only.
   *
   * @throws {MalformedError}
   * @throws {UnsupportedFormatError}
   */
  function decodeStored(bytes: Bytes): StoredRecord;

  /**
   * Encodes a stored record.
   *
   * @throws {InvalidArgumentError} for a token that is too long, or as {@link encodeEnvelope}.
   * @throws {MalformedError} for a record that is none, as the following.
   * @throws {UnsupportedFormatError}
   */
  function encodeStored(stored: StoredInput): Buffer;

  /**
   * Decodes and opens a record of an encrypted stream, as S2 does on reading: commands pass, envelopes in clear do not.
   * Other errors are those of {@link decodeStored} and {@link RecordCodec.open}.
   *
   * @throws {NotEncryptedError} for an envelope in clear.
   * @throws {MeteredSizeError} where another size was stored than the envelope has.
   * @throws {InvalidArgumentError} for a codec of another format.
   */
  function openStored(codec: RecordCodec, bytes: Bytes, options?: AbortOptions): Promise<Command | Plaintext>;
  /** {@link openStored}, at once. */
  function openStoredSync(codec: RecordCodec, bytes: Bytes): Command | Plaintext;

  /** What S2 answers where sealing, opening or reading a key gives this error; `null` where no request to S2 has it. */
  function answer(error: PagecryptError): Answer | null;
}

// Errors

/** A code of the closed list that every language shares. */
export interface ErrorCode {
  /** The name, for example `wrong_key`. */
  readonly name: string;
  /** The stable number, which is never reused. */
  readonly number: number;
  /** The exit code of the command line. */
  readonly exitCode: number;
}

/** Every code, in the order of the numbers. Those without a class are reserved for capabilities to come. */
export const codes: readonly ErrorCode[];

/** The base of all errors of this package. None tells anything about keys or plaintext. */
export class PagecryptError extends Error {
  /** The code's name, the same in every language; `closed` is of JavaScript alone. */
  readonly code: string;
  /** The code's stable number; `undefined` for `closed`. */
  get number(): number | undefined;
  /** The exit code with which the command line ends by this error. */
  get exitCode(): number;
}

/** No cipher has this name or number. */
export class UnknownCipherError extends PagecryptError {
  readonly code: "unknown_cipher";
}

/** No engine has this name, or it does not run on this CPU. */
export class UnknownEngineError extends PagecryptError {
  readonly code: "unknown_engine";
}

/** The key has another length than its cipher needs. */
export class KeyLengthError extends PagecryptError {
  readonly code: "key_length";
  /** The bytes that the cipher needs. */
  readonly expected: number;
  /** The bytes that there were. */
  readonly got: number;
}

/** The text is not a key in base64 or hexadecimal. */
export class KeyTextError extends PagecryptError {
  readonly code: "key_text";
  /** How many characters there were, where no key has so many. */
  readonly got?: number;
}

/** The data is encrypted, and no key was given. */
export class KeyRequiredError extends PagecryptError {
  readonly code: "key_required";
}

/** The key does not belong to the file. */
export class WrongKeyError extends PagecryptError {
  readonly code: "wrong_key";
  /** The file has a single page, which may be damaged instead. */
  readonly onlyPage: boolean;
}

/** No key that was given has the id that the record names: its key is unknown, which says nothing of the record. */
export class UnknownKeyIdError extends PagecryptError {
  readonly code: "unknown_key_id";
}

/** Pages, frames or messages are damaged or forged, out of their place, or sealed under another key. */
export class AuthenticationError extends PagecryptError {
  readonly code: "authentication_failed";
  /** What is counted. */
  readonly unit: "message" | "page" | "frame";
  /** The first that failed: messages of a batch from 0, pages and frames from 1. */
  readonly first: number;
  /** How many failed. */
  readonly count: number;
  /** Those that failed, ascending; of whole files the first 65536. */
  readonly numbers: readonly number[];
  /** The first message that failed; `undefined` for pages and frames. */
  get index(): number | undefined;
  /** The first page that failed; `undefined` for messages and frames. */
  get page(): number | undefined;
  /** The first frame that failed; `undefined` for messages and pages. */
  get frame(): number | undefined;
}

/** The data is not encrypted. */
export class NotEncryptedError extends PagecryptError {
  readonly code: "not_encrypted";
}

/** The format or its version is not supported. */
export class UnsupportedFormatError extends PagecryptError {
  readonly code: "unsupported_format";
}

/** The data does not have the form that its format demands. */
export class MalformedError extends PagecryptError {
  readonly code: "malformed";
}

/** The data was sealed with another cipher than the key's. */
export class CipherMismatchError extends PagecryptError {
  readonly code: "cipher_mismatch";
  /** The key's cipher. */
  readonly expected: CipherName;
  /** The cipher that the data names. */
  readonly got: CipherName;
}

/** A record of S2 was opened, and is metered at another size than was stored beside it. */
export class MeteredSizeError extends PagecryptError {
  readonly code: "metered_size";
  /** The bytes that were stored, unauthenticated. */
  readonly stored: number;
  /** The bytes of what was opened. */
  readonly actual: number;
}

/** Not a page size: a power of two from 512 to 65536. */
export class PageSizeError extends PagecryptError {
  readonly code: "page_size";
  /** The bytes that were given. */
  readonly got: number;
}

/** Pages are numbered from 1 to 4294967294; those of a reader up to its last. */
export class PageNumberError extends PagecryptError {
  readonly code: "page_number";
}

/** A buffer has another length than the operation needs. */
export class BufferLengthError extends PagecryptError {
  readonly code: "buffer_length";
  /** The bytes that were needed; for a run of pages, the page size, of which the length has to be a multiple. */
  readonly expected: number;
  /** The bytes that there were. */
  readonly got: number;
}

/** An argument has a value that the operation cannot take. */
export class InvalidArgumentError extends PagecryptError {
  readonly code: "invalid_argument";
}

/** Buffers overlap without beginning at the same byte. */
export class OverlapError extends PagecryptError {
  readonly code: "overlap";
}

/** The message is longer than the cipher allows. */
export class MessageTooLongError extends PagecryptError {
  readonly code: "message_too_long";
}

/** The key has sealed as many messages as its cipher allows under random nonces: use a new one. */
export class UsageLimitError extends PagecryptError {
  readonly code: "usage_limit";
}

/** The destination is there already. */
export class DestinationExistsError extends PagecryptError {
  readonly code: "file_exists";
}

/** The operating system does not permit it. */
export class FilePermissionsError extends PagecryptError {
  readonly code: "file_permissions";
  /** The file. */
  readonly path: string;
  /** The system's number, negative, as in Node's own errors. */
  readonly errno?: number;
  /** Its name, for example `EACCES`. */
  readonly syscallCode?: string;
}

/** Another program uses the database, or a crashed one left it to be recovered first. */
export class LockedError extends PagecryptError {
  readonly code: "locked";
  /**
   * What stands in the way: a program that is writing (`writer`), that has changed it meanwhile (`change`), or that left a
   * journal (`journal`); a log or journal beside the destination (`leftover`); another library of this process, which holds
   * locks (`this_process`).
   */
  readonly lockedBy: "writer" | "change" | "journal" | "leftover" | "this_process";
}

/** The progress function gave `false`. */
export class CancelledError extends PagecryptError {
  readonly code: "cancelled";
}

/** The operating system's random generator failed. */
export class RandomSourceError extends PagecryptError {
  readonly code: "random_source";
}

/** Reading or writing failed. */
export class InputOutputError extends PagecryptError {
  readonly code: "io";
  /** The file. */
  readonly path: string;
  /** The system's number, negative, as in Node's own errors. */
  readonly errno?: number;
  /** Its name, for example `ENOENT`. */
  readonly syscallCode?: string;
}

/** A defect of libpagecrypt; please report it. */
export class InternalError extends PagecryptError {
  readonly code: "internal";
}

/** The key, codec, reader or chain was closed. */
export class ClosedError extends PagecryptError {
  readonly code: "closed";
}
