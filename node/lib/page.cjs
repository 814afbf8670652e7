"use strict";

// Pages, and frames of a write-ahead log.

const native = require("./binding.cjs");
const {
  checkBytes,
  checkFrameNumber,
  checkInteger,
  checkNumber,
  checkOptions,
  checkString,
} = require("./arguments.cjs");
const { addDisposal } = require("./disposal.cjs");
const {
  BufferLengthError,
  ClosedError,
  InvalidArgumentError,
  attempt,
  fromFailure,
  fromNative,
} = require("./errors.cjs");
const { nativeKey } = require("./key.cjs");
const { destination, later, stillThere } = require("./later.cjs");
const { WAL_FRAME_HEADER_LENGTH, isChainBusy, useChain, useChainLater } = require("./wal.cjs");

const MIN_PAGE_SIZE = 512;
const MAX_PAGE_SIZE = 65536;
const MAX_PAGE_NUMBER = 4294967294;
const PENDING_BYTE = 2 ** 30;
const TURSO_HEADER_LENGTH = 100;

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
    if (format !== "turso") throw new InvalidArgumentError("invalid argument: the format is not turso");
    this.#native = attempt(() => native.codecNewTurso(handle, pageSize));
    this.#cipher = key.cipher;
    this.#engine = key.engine;
    this.#pageSize = pageSize;
    this.#reservedLength = native.codecReservedLength(this.#native);
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
    return WAL_FRAME_HEADER_LENGTH + this.#pageSize;
  }

  // Pages in place

  sealPagesSync(first, pages) {
    const codec = this.#open();
    checkBytes(pages, "pages");
    try {
      native.sealPages(codec, checkNumber(first, "first"), pages);
    } catch (error) {
      throw fromNative(error);
    }
  }

  openPagesSync(first, pages) {
    const codec = this.#open();
    checkBytes(pages, "pages");
    try {
      native.openPages(codec, checkNumber(first, "first"), pages);
    } catch (error) {
      throw fromNative(error);
    }
  }

  async sealPages(first, pages, options) {
    const target = destination(checkBytes(pages, "pages"));
    const sealed = await this.#sealLater(first, pages, undefined, options);
    stillThere(target).set(sealed);
  }

  async openPages(first, pages, options) {
    const target = destination(checkBytes(pages, "pages"));
    const { bytes, failure } = await this.#openLater(first, pages, undefined, options);
    moveInto(target, bytes);
    if (failure !== undefined) throw fromFailure(failure);
  }

  // Pages from one buffer into another

  sealPagesIntoSync(first, source, into) {
    const codec = this.#open();
    checkBytes(source, "source");
    checkBytes(into, "into");
    try {
      native.sealPagesInto(codec, checkNumber(first, "first"), source, into);
    } catch (error) {
      throw fromNative(error);
    }
  }

  openPagesIntoSync(first, source, into) {
    const codec = this.#open();
    checkBytes(source, "source");
    checkBytes(into, "into");
    try {
      native.openPagesInto(codec, checkNumber(first, "first"), source, into);
    } catch (error) {
      throw fromNative(error);
    }
  }

  async sealPagesInto(first, source, into, options) {
    const target = destination(checkBytes(into, "into"));
    const sealed = await this.#sealLater(first, checkBytes(source, "source"), into, options);
    stillThere(target).set(sealed);
  }

  async openPagesInto(first, source, into, options) {
    const target = destination(checkBytes(into, "into"));
    const { bytes, failure } = await this.#openLater(first, checkBytes(source, "source"), into, options);
    moveInto(target, bytes);
    if (failure !== undefined) throw fromFailure(failure);
  }

  // Pages into new buffers

  sealedPagesSync(first, pages) {
    const sealed = newBuffer(checkBytes(pages, "pages").byteLength);
    this.sealPagesIntoSync(first, pages, sealed);
    return sealed;
  }

  openedPagesSync(first, pages) {
    const opened = newBuffer(checkBytes(pages, "pages").byteLength);
    this.openPagesIntoSync(first, pages, opened);
    return opened;
  }

  async sealedPages(first, pages, options) {
    return this.#sealLater(first, checkBytes(pages, "pages"), undefined, options);
  }

  async openedPages(first, pages, options) {
    const { bytes, failure } = await this.#openLater(first, checkBytes(pages, "pages"), undefined, options);
    if (failure === undefined) return bytes;
    bytes.fill(0);
    throw fromFailure(failure);
  }

  // One page into a new buffer

  sealPageSync(number, page) {
    this.#checkPage(page);
    return this.sealedPagesSync(number, page);
  }

  openPageSync(number, page) {
    this.#checkPage(page);
    return this.openedPagesSync(number, page);
  }

  async sealPage(number, page, options) {
    this.#checkPage(page);
    return this.sealedPages(number, page, options);
  }

  async openPage(number, page, options) {
    this.#checkPage(page);
    return this.openedPages(number, page, options);
  }

  // Frames

  sealFramesSync(chain, frames) {
    const codec = this.#open();
    const links = useChain(chain, "chain");
    checkBytes(frames, "frames");
    attempt(() => native.sealFrames(codec, links, frames));
  }

  openFramesSync(first, frames) {
    const codec = this.#open();
    checkBytes(frames, "frames");
    attempt(() => native.openFrames(codec, checkFrameNumber(first, "first"), frames));
  }

  openFramesIntoSync(first, source, into) {
    const codec = this.#open();
    checkBytes(source, "source");
    checkBytes(into, "into");
    attempt(() => native.openFramesInto(codec, checkFrameNumber(first, "first"), source, into));
  }

  async sealFrames(chain, frames, options) {
    const { signal } = checkOptions(options);
    const codec = this.#open();
    const target = destination(checkBytes(frames, "frames"));
    const source = isChainBusy(chain, "chain") ? new Uint8Array(target.bytes) : target.bytes;
    await useChainLater(chain, "chain", async (links) => {
      const sealed = await later(signal, (control) => native.sealFramesLater(codec, links, source, control));
      stillThere(target).set(sealed.bytes);
      native.chainAdvance(links, sealed.checksum);
    });
  }

  async openFrames(first, frames, options) {
    return this.#openFramesLater(first, frames, undefined, frames, options);
  }

  async openFramesInto(first, source, into, options) {
    return this.#openFramesLater(first, checkBytes(source, "source"), into, checkBytes(into, "into"), options);
  }

  close() {
    if (this.#native !== null) native.codecClose(this.#native);
    this.#native = null;
  }

  async #sealLater(first, source, into, options) {
    const { signal } = checkOptions(options);
    const codec = this.#open();
    const number = checkNumber(first, "first");
    return later(signal, (control) => native.sealPagesLater(codec, number, source, into, control));
  }

  async #openLater(first, source, into, options) {
    const { signal } = checkOptions(options);
    const codec = this.#open();
    const number = checkNumber(first, "first");
    return later(signal, (control) => native.openPagesLater(codec, number, source, into, control));
  }

  async #openFramesLater(first, source, into, target, options) {
    const { signal } = checkOptions(options);
    const codec = this.#open();
    const number = checkFrameNumber(first, "first");
    const place = destination(checkBytes(target, "frames"));
    const { bytes, failure } = await later(signal, (control) =>
      native.openFramesLater(codec, number, source, into, control),
    );
    const there = stillThere(place);
    for (let at = 0; at < bytes.length; at += this.frameLength) {
      const page = at + WAL_FRAME_HEADER_LENGTH; // headers stay as they are
      there.set(bytes.subarray(page, at + this.frameLength), page);
    }
    bytes.fill(0);
    if (failure !== undefined) throw fromFailure(failure);
  }

  #open() {
    if (this.#native === null) throw new ClosedError("the codec was closed");
    return this.#native;
  }

  #checkPage(page) {
    const [expected, got] = [this.#pageSize, checkBytes(page, "page").byteLength];
    if (got !== expected) {
      throw new BufferLengthError(`wrong buffer length: expected ${expected} bytes, got ${got}`, { expected, got });
    }
  }
}
addDisposal(PageCodec);

/** Puts plaintext where it belongs, and wipes where it was. */
function moveInto(target, bytes) {
  try {
    stillThere(target).set(bytes);
  } finally {
    bytes.fill(0);
  }
}

/** A Buffer that shares its memory with no other. */
function newBuffer(length) {
  return Buffer.allocUnsafeSlow(length);
}

function pendingBytePage(pageSize) {
  checkInteger(pageSize, "pageSize");
  return attempt(() => native.pendingBytePage(pageSize));
}

function parseTursoHeader(bytes) {
  checkBytes(bytes, "bytes");
  return Object.freeze(attempt(() => native.parseTursoHeader(bytes)));
}

module.exports = {
  MAX_PAGE_NUMBER,
  MAX_PAGE_SIZE,
  MIN_PAGE_SIZE,
  PENDING_BYTE,
  PageCodec,
  TURSO_HEADER_LENGTH,
  parseTursoHeader,
  pendingBytePage,
};
