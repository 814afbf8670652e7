"use strict";

// Headers and the checksum chain of write-ahead logs.

const native = require("./binding.cjs");
const { checkBytes, checkInteger, checkOptions, checkString, checkWord, checkWords, invalidType } = require("./arguments.cjs");
const { addDisposal } = require("./disposal.cjs");
const { ClosedError, InvalidArgumentError, attempt } = require("./errors.cjs");

const WAL_HEADER_LENGTH = 32;
const WAL_FRAME_HEADER_LENGTH = 24;

class WalHeader {
  #bytes;

  constructor(fields) {
    const { byteOrder = "little", pageSize, checkpoint = 0, salts } = checkOptions(fields, "fields");
    this.byteOrder = checkString(byteOrder, "fields.byteOrder");
    this.pageSize = checkInteger(pageSize, "fields.pageSize");
    this.checkpoint = checkWord(checkpoint, "fields.checkpoint");
    this.salts = Object.freeze([...checkWords(salts, "fields.salts")]);
    this.#bytes = attempt(() => native.walHeaderBytes(this));
    Object.freeze(this);
  }

  static parse(bytes) {
    checkBytes(bytes, "bytes");
    return new WalHeader(attempt(() => native.parseWalHeader(bytes)));
  }

  toBytes() {
    return Buffer.from(this.#bytes);
  }
}

class WalFrameHeader {
  constructor(fields) {
    const { page, commitSize = 0, salts = [0, 0], checksum = [0, 0] } = checkOptions(fields, "fields");
    this.page = checkWord(page, "fields.page");
    this.commitSize = checkWord(commitSize, "fields.commitSize");
    this.salts = Object.freeze([...checkWords(salts, "fields.salts")]);
    this.checksum = Object.freeze([...checkWords(checksum, "fields.checksum")]);
    Object.freeze(this);
  }

  static parse(bytes) {
    checkBytes(bytes, "bytes");
    return new WalFrameHeader(attempt(() => native.parseWalFrameHeader(bytes)));
  }
}

/** The addon's chain, which nobody else is using. */
let useChain;

/** Runs `work` with the addon's chain: at once, or after all work that was asked for before. */
let useChainLater;

/** Whether there is such work. */
let isChainBusy;

const MAKE = Symbol("make");

class WalChain {
  #native;
  /** Settled when the work that was asked for last is done; null where none is running. */
  #last = null;

  static {
    useChain = (chain, name) => WalChain.#check(chain, name).#idle();
    useChainLater = async (chain, name, work) => {
      const { before, done } = WalChain.#check(chain, name).#queue();
      if (before !== null) await before;
      try {
        return await work(chain.#open());
      } finally {
        done();
      }
    };
    isChainBusy = (chain, name) => WalChain.#check(chain, name).#last !== null;
  }

  constructor(make, handle) {
    if (make !== MAKE) {
      const error = new TypeError("Chains are made by WalChain.start and WalChain.resume");
      error.code = "ERR_ILLEGAL_CONSTRUCTOR";
      throw error;
    }
    this.#native = handle;
  }

  static start(header) {
    const bytes = headerBytes(header);
    return new WalChain(MAKE, attempt(() => native.chainNew(bytes)));
  }

  static resume(header, checksum) {
    const bytes = headerBytes(header);
    const words = [...checkWords(checksum, "checksum")];
    return new WalChain(MAKE, attempt(() => native.chainNew(bytes, words)));
  }

  get checksum() {
    return Object.freeze(native.chainChecksum(this.#open()));
  }

  accept(frame) {
    const chain = this.#idle();
    checkBytes(frame, "frame");
    return attempt(() => native.chainAccept(chain, frame));
  }

  close() {
    this.#native = null;
  }

  static #check(chain, name) {
    if (typeof chain !== "object" || chain === null || !(#native in chain)) {
      throw invalidType(name, "an instance of WalChain", chain);
    }
    chain.#open();
    return chain;
  }

  #open() {
    if (this.#native === null) throw new ClosedError("the chain was closed");
    return this.#native;
  }

  #idle() {
    const chain = this.#open();
    if (this.#last !== null) {
      throw new InvalidArgumentError("invalid argument: frames are being sealed with this chain: await that first");
    }
    return chain;
  }

  #queue() {
    const before = this.#last;
    let done;
    const last = new Promise((resolve) => {
      done = () => {
        if (this.#last === last) this.#last = null;
        resolve();
      };
    });
    this.#last = last;
    return { before, done };
  }
}
addDisposal(WalChain);

function headerBytes(header) {
  if (header instanceof WalHeader) return header.toBytes();
  if (ArrayBuffer.isView(header) || header instanceof ArrayBuffer) return header;
  throw invalidType("header", "an instance of WalHeader or Buffer", header);
}

module.exports = {
  WAL_FRAME_HEADER_LENGTH,
  WAL_HEADER_LENGTH,
  WalChain,
  WalFrameHeader,
  WalHeader,
  isChainBusy,
  useChain,
  useChainLater,
};
