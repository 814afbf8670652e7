"use strict";

// Headers and the checksum chain of write-ahead logs.

const { inspect } = require("node:util");

const native = require("./binding.cjs");
const {
  checkBytes,
  checkInteger,
  checkOptions,
  checkString,
  checkWord,
  checkWords,
  illegalConstructor,
  invalidType,
} = require("./arguments.cjs");
const { addDisposal } = require("./disposal.cjs");
const { ClosedError, InvalidArgumentError, attempt } = require("./errors.cjs");
const { freezeDeeply } = require("./frozen.cjs");

const WAL_HEADER_LENGTH = 32;
const WAL_FRAME_HEADER_LENGTH = 24;

const MAKE = Symbol("make");

class WalHeader {
  #fields;
  #bytes;

  constructor(fields) {
    const { byteOrder = "little", pageSize, checkpoint = 0, salts } = checkOptions(fields, "fields");
    this.#fields = freezeDeeply({
      byteOrder: checkString(byteOrder, "fields.byteOrder"),
      pageSize: checkInteger(pageSize, "fields.pageSize"),
      checkpoint: checkWord(checkpoint, "fields.checkpoint"),
      salts: checkWords(salts, "fields.salts"),
    });
    this.#bytes = attempt(() => native.walHeaderBytes(this.#fields));
  }

  static parse(bytes) {
    checkBytes(bytes, "bytes");
    return new WalHeader(attempt(() => native.parseWalHeader(bytes)));
  }

  get byteOrder() {
    return this.#fields.byteOrder;
  }

  get pageSize() {
    return this.#fields.pageSize;
  }

  get checkpoint() {
    return this.#fields.checkpoint;
  }

  get salts() {
    return this.#fields.salts;
  }

  toBytes() {
    return Buffer.from(this.#bytes);
  }

  toJSON() {
    return { ...this.#fields };
  }

  [inspect.custom](_, options) {
    return `WalHeader ${inspect(this.#fields, options)}`;
  }
}

class WalFrameHeader {
  #fields;

  constructor(make, fields) {
    if (make !== MAKE) throw illegalConstructor("Headers of frames are made by WalFrameHeader.parse");
    this.#fields = freezeDeeply(fields);
  }

  static parse(bytes) {
    checkBytes(bytes, "bytes");
    return new WalFrameHeader(
      MAKE,
      attempt(() => native.parseWalFrameHeader(bytes)),
    );
  }

  get page() {
    return this.#fields.page;
  }

  get commitSize() {
    return this.#fields.commitSize;
  }

  get salts() {
    return this.#fields.salts;
  }

  get checksum() {
    return this.#fields.checksum;
  }

  toJSON() {
    return { ...this.#fields };
  }

  [inspect.custom](_, options) {
    return `WalFrameHeader ${inspect(this.#fields, options)}`;
  }
}

/** The addon's chain, which nobody else is using. */
let useChain;

/** Runs `work` with the addon's chain: at once, or after all work that was asked for before. */
let useChainLater;

/** Whether there is such work. */
let isChainBusy;

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
    if (make !== MAKE) throw illegalConstructor("Chains are made by WalChain.start and WalChain.resume");
    this.#native = handle;
  }

  static start(header) {
    const bytes = headerBytes(header);
    return new WalChain(
      MAKE,
      attempt(() => native.chainNew(undefined, bytes)),
    );
  }

  static resume(header, checksum) {
    const bytes = headerBytes(header);
    const words = checkWords(checksum, "checksum");
    return new WalChain(
      MAKE,
      attempt(() => native.chainNew(words, bytes)),
    );
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
