"use strict";

// Messages.

const native = require("./binding.cjs");
const { checkBytes, checkOptions } = require("./arguments.cjs");
const { addDisposal } = require("./disposal.cjs");
const { BufferLengthError, ClosedError, fromNative } = require("./errors.cjs");
const { cipher } = require("./cipher.cjs");
const { nativeKey } = require("./key.cjs");

const TAG_LENGTH = 16;
const EMPTY = new Uint8Array(0);

class Aead {
  #native;
  #info;
  #engine;

  constructor(key) {
    this.#native = nativeKey(key, "key").duplicate();
    this.#info = cipher(key.cipher);
    this.#engine = key.engine;
  }

  get cipher() {
    return this.#info.name;
  }

  get engine() {
    return this.#engine;
  }

  get nonceLength() {
    return this.#info.nonceLength;
  }

  get tagLength() {
    return TAG_LENGTH;
  }

  get overhead() {
    return TAG_LENGTH;
  }

  sealSync(data, options) {
    const key = this.#open();
    const { nonce, associatedData } = checkMessage(options);
    checkBytes(data, "data");
    const sealed = Buffer.allocUnsafeSlow(data.byteLength + TAG_LENGTH);
    attempt(() => native.sealInto(key, nonce, associatedData, data, sealed));
    return sealed;
  }

  openSync(data, options) {
    const key = this.#open();
    const { nonce, associatedData } = checkMessage(options);
    checkSealed(data);
    const opened = Buffer.allocUnsafeSlow(data.byteLength - TAG_LENGTH);
    attempt(() => native.openInto(key, nonce, associatedData, data, opened));
    return opened;
  }

  close() {
    this.#native?.close();
    this.#native = null;
  }

  #open() {
    if (this.#native === null) throw new ClosedError("the Aead was closed");
    return this.#native;
  }
}
addDisposal(Aead);

function checkMessage(options) {
  const { nonce, associatedData = EMPTY } = checkOptions(options);
  checkBytes(nonce, "options.nonce");
  checkBytes(associatedData, "options.associatedData");
  return { nonce, associatedData };
}

function checkSealed(data) {
  checkBytes(data, "data");
  if (data.byteLength < TAG_LENGTH) {
    const [expected, got] = [TAG_LENGTH, data.byteLength];
    throw new BufferLengthError(`wrong buffer length: expected ${expected} bytes, got ${got}`, { expected, got });
  }
}

function attempt(work) {
  try {
    return work();
  } catch (error) {
    throw fromNative(error);
  }
}

module.exports = { Aead, TAG_LENGTH };
