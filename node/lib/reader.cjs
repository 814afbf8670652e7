"use strict";

// Encrypted databases as plain ones.

const { Readable } = require("node:stream");

const native = require("./binding.cjs");
const {
  checkBytes,
  checkInteger,
  checkMilliseconds,
  checkNumber,
  checkOptions,
  checkSignal,
  illegalConstructor,
  outOfRange,
} = require("./arguments.cjs");
const { addAsyncDisposal, addDisposal } = require("./disposal.cjs");
const { ClosedError, attempt } = require("./errors.cjs");
const { nativeKey } = require("./key.cjs");
const { destination, later, stillThere } = require("./later.cjs");
const { pathBytes } = require("./path.cjs");
const { work } = require("./work.cjs");

const MAKE = Symbol("make");

/** Whole pages are cheapest, and several of them together. */
const STREAM_BUFFER = 65536;

class PageReader {
  #native;
  #info;

  constructor(make, handle) {
    if (make !== MAKE) throw illegalConstructor("Readers are made by PageReader.open and PageReader.openSync");
    this.#native = handle;
    this.#info = native.readerInfo(handle);
  }

  static async open(path, key, options) {
    const { wait, signal } = checkOptions(options);
    const parameters = [pathBytes(path, "path"), nativeKey(key, "key"), checkMilliseconds(wait, "options.wait")];
    const handle = await work({ signal }, (control, _, done) => {
      native.readerOpenLater(...parameters, control, done);
    });
    return new PageReader(MAKE, handle);
  }

  static openSync(path, key, options) {
    const { wait } = checkOptions(options);
    const parameters = [pathBytes(path, "path"), nativeKey(key, "key"), checkMilliseconds(wait, "options.wait")];
    return new PageReader(
      MAKE,
      attempt(() => native.readerOpen(...parameters)),
    );
  }

  get cipher() {
    return this.#info.cipher;
  }

  get engine() {
    return this.#info.engine;
  }

  get pageSize() {
    return this.#info.pageSize;
  }

  get pageCount() {
    return this.#info.pageCount;
  }

  get size() {
    return this.#info.size;
  }

  get framesApplied() {
    return this.#info.framesApplied;
  }

  // Bytes

  readAtSync(offset, length) {
    const reader = this.#open();
    checkInteger(offset, "offset");
    checkInteger(length, "length");
    return attempt(() => native.readerReadAt(reader, offset, length));
  }

  async readAt(offset, length, options) {
    const { signal } = checkOptions(options);
    const reader = this.#open();
    checkInteger(offset, "offset");
    checkInteger(length, "length");
    return later(signal, (control) => native.readerReadAtLater(reader, offset, length, control));
  }

  readIntoSync(offset, buffer) {
    const reader = this.#open();
    checkInteger(offset, "offset");
    checkBytes(buffer, "buffer");
    return attempt(() => native.readerReadInto(reader, offset, buffer));
  }

  async readInto(offset, buffer, options) {
    const { signal } = checkOptions(options);
    const reader = this.#open();
    checkInteger(offset, "offset");
    const target = destination(checkBytes(buffer, "buffer"));
    let bytes;
    try {
      bytes = await later(signal, (control) => native.readerReadAtLater(reader, offset, target.length, control));
    } catch (error) {
      if (error !== signal?.reason) stillThere(target).fill(0);
      throw error;
    }
    try {
      stillThere(target).set(bytes);
    } finally {
      bytes.fill(0);
    }
    return bytes.length;
  }

  // Pages

  readPagesSync(first, count) {
    const reader = this.#open();
    const number = checkNumber(first, "first");
    const pages = checkCount(count);
    return attempt(() => native.readerReadPages(reader, number, pages));
  }

  async readPages(first, count, options) {
    const { signal } = checkOptions(options);
    const reader = this.#open();
    const number = checkNumber(first, "first");
    const pages = checkCount(count);
    return later(signal, (control) => native.readerReadPagesLater(reader, number, pages, control));
  }

  // Changes

  checkUnchangedSync() {
    const reader = this.#open();
    attempt(() => native.readerCheckUnchanged(reader));
  }

  async checkUnchanged(options) {
    const { signal } = checkOptions(options);
    const reader = this.#open();
    return later(signal, (control) => native.readerCheckUnchangedLater(reader, control));
  }

  createReadStream(options) {
    this.#open();
    const { start = 0, end = Infinity, signal, highWaterMark = STREAM_BUFFER } = checkOptions(options);
    checkInteger(start, "options.start");
    if (end !== Infinity) checkInteger(end, "options.end");
    if (end < start) throw outOfRange("options.start", `<= "options.end" (here: ${end})`, start);
    checkSignal(signal);
    checkInteger(highWaterMark, "options.highWaterMark");
    return new ReaderStream(this, start, Math.min(end, this.size - 1), { highWaterMark, ...(signal && { signal }) });
  }

  close() {
    if (this.#native !== null) native.readerClose(this.#native);
    this.#native = null;
  }

  #open() {
    if (this.#native === null) throw new ClosedError("the reader was closed");
    return this.#native;
  }
}
addDisposal(PageReader);
addAsyncDisposal(PageReader);

/** A part of a reader's bytes. */
class ReaderStream extends Readable {
  #reader;
  #at;
  #end;

  constructor(reader, first, last, options) {
    super(options);
    this.#reader = reader;
    this.#at = first;
    this.#end = last + 1;
  }

  _read(size) {
    const length = Math.min(size, this.#end - this.#at);
    if (length <= 0) {
      this.push(null);
      return;
    }
    this.#reader.readAt(this.#at, length).then(
      (bytes) => {
        this.#at += bytes.length;
        this.push(bytes);
      },
      (error) => this.destroy(error),
    );
  }
}

/** How many pages; more than there are numbers are too many. */
function checkCount(count) {
  return Math.min(checkInteger(count, "count"), 0xffffffff);
}

module.exports = { PageReader };
