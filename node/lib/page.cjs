"use strict";

// Pages.

const native = require("./binding.cjs");
const { checkBytes, checkInteger, checkNumber, checkOptions, checkString } = require("./arguments.cjs");
const { addDisposal } = require("./disposal.cjs");
const { BufferLengthError, ClosedError, UnsupportedFormatError, fromNative } = require("./errors.cjs");
const { nativeKey } = require("./key.cjs");

const PENDING_BYTE = 2 ** 30;

class PageCodec {
  #native;
  #cipher;
  #engine;
  #pageSize;
  #reservedLength;

  constructor(key, options) {
    const handle = nativeKey(key, "key");
    const { pageSize = 4096, format = "turso" } = checkOptions(options);
    checkInteger(pageSize, "options.pageSize");
    checkString(format, "options.format");
    if (format !== "turso") throw new UnsupportedFormatError("unsupported format: the formats are turso");
    this.#native = attempt(() => native.PageCodec.turso(handle, pageSize));
    this.#cipher = key.cipher;
    this.#engine = key.engine;
    this.#pageSize = pageSize;
    this.#reservedLength = this.#native.reservedLength();
  }

  get cipher() {
    return this.#cipher;
  }

  get engine() {
    return this.#engine;
  }

  get format() {
    return "turso";
  }

  get pageSize() {
    return this.#pageSize;
  }

  get reservedLength() {
    return this.#reservedLength;
  }

  get frameLength() {
    return 24 + this.#pageSize;
  }

  sealPagesSync(first, pages) {
    const codec = this.#open();
    checkNumber(first, "first");
    checkBytes(pages, "pages");
    try {
      codec.sealPages(first, pages);
    } catch (error) {
      throw fromNative(error);
    }
  }

  openPagesSync(first, pages) {
    const codec = this.#open();
    checkNumber(first, "first");
    checkBytes(pages, "pages");
    try {
      codec.openPages(first, pages);
    } catch (error) {
      throw fromNative(error);
    }
  }

  close() {
    this.#native?.close();
    this.#native = null;
  }

  #open() {
    if (this.#native === null) throw new ClosedError("the codec was closed");
    return this.#native;
  }
}
addDisposal(PageCodec);

function pendingBytePage(pageSize) {
  checkInteger(pageSize, "pageSize");
  return attempt(() => native.pendingBytePage(pageSize));
}

function attempt(work) {
  try {
    return work();
  } catch (error) {
    throw fromNative(error);
  }
}

module.exports = { PENDING_BYTE, PageCodec, pendingBytePage };
