"use strict";

// Messages.

const native = require("./binding.cjs");
const { checkBoolean, checkBytes, checkOptions } = require("./arguments.cjs");
const { checkBuffers } = require("./buffers.cjs");
const { cipher } = require("./cipher.cjs");
const { addDisposal } = require("./disposal.cjs");
const { AuthenticationError, BufferLengthError, ClosedError, attempt } = require("./errors.cjs");
const { nativeKey } = require("./key.cjs");
const { destination, later, stillThere } = require("./later.cjs");

const TAG_LENGTH = 16;
const EMPTY = new Uint8Array(0);

class Aead {
  #native;
  #info;
  #engine;

  constructor(key) {
    this.#native = native.keyClone(nativeKey(key, "key"));
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

  // Into new buffers

  sealSync(data, options) {
    const sealed = newBuffer(checkBytes(data, "data").byteLength + TAG_LENGTH);
    this.sealIntoSync(data, sealed, options);
    return sealed;
  }

  openSync(data, options) {
    const opened = newBuffer(openedLength(data));
    this.openIntoSync(data, opened, options);
    return opened;
  }

  async seal(data, options) {
    return this.#sealLater(checkBytes(data, "data"), undefined, options);
  }

  async open(data, options) {
    return this.#openLater(checkBytes(data, "data"), undefined, undefined, options);
  }

  // Into the caller's buffers

  sealIntoSync(data, into, options) {
    const { nonce, associatedData } = checkMessage(options);
    const key = this.#open();
    checkBytes(data, "data");
    checkBytes(into, "into");
    attempt(() => native.sealInto(key, nonce, associatedData, data, into));
    return into.byteLength;
  }

  openIntoSync(data, into, options) {
    const { nonce, associatedData } = checkMessage(options);
    const key = this.#open();
    checkBytes(data, "data");
    checkBytes(into, "into");
    attempt(() => native.openInto(key, nonce, associatedData, data, into));
    return into.byteLength;
  }

  async sealInto(data, into, options) {
    const target = destination(checkBytes(into, "into"));
    const sealed = await this.#sealLater(checkBytes(data, "data"), into, options);
    stillThere(target).set(sealed);
    return sealed.length;
  }

  async openInto(data, into, options) {
    const target = destination(checkBytes(into, "into"));
    return this.#openLaterTo(target, checkBytes(data, "data"), undefined, into, options);
  }

  // In place, the tag apart

  sealDetachedSync(buffer, options) {
    const { nonce, associatedData } = checkMessage(options);
    const key = this.#open();
    checkBytes(buffer, "buffer");
    const tag = newBuffer(TAG_LENGTH);
    attempt(() => native.sealDetached(key, nonce, associatedData, buffer, tag));
    return tag;
  }

  openDetachedSync(buffer, tag, options) {
    const { nonce, associatedData } = checkMessage(options);
    const key = this.#open();
    checkBytes(buffer, "buffer");
    checkBytes(tag, "tag");
    attempt(() => native.openDetached(key, nonce, associatedData, buffer, tag));
  }

  async sealDetached(buffer, options) {
    const target = destination(checkBytes(buffer, "buffer"));
    const sealed = await this.#sealLater(buffer, undefined, options);
    const bytes = stillThere(target);
    bytes.set(sealed.subarray(0, bytes.length));
    return Buffer.from(sealed.subarray(bytes.length));
  }

  async openDetached(buffer, tag, options) {
    const target = destination(checkBytes(buffer, "buffer"));
    await this.#openLaterTo(target, buffer, checkBytes(tag, "tag"), undefined, options);
  }

  // Many at once

  sealBatchSync(messages, options) {
    const batch = checkBatch(messages, options);
    const key = this.#open();
    return attempt(() => native.sealBatch(key, batch.nonces, batch.associatedData, batch.messages));
  }

  openBatchSync(messages, options) {
    const batch = checkBatch(messages, options);
    const key = this.#open();
    return attempt(() => native.openBatch(key, batch.nonces, batch.associatedData, batch.messages, batch.partial));
  }

  async sealBatch(messages, options) {
    const { nonces, associatedData, signal, ...batch } = checkBatch(messages, options);
    const key = this.#open();
    return later(signal, (control) => {
      return native.sealBatchLater(key, nonces, associatedData, batch.messages, control);
    });
  }

  async openBatch(messages, options) {
    const { nonces, associatedData, signal, ...batch } = checkBatch(messages, options);
    const key = this.#open();
    return later(signal, (control) => {
      return native.openBatchLater(key, nonces, associatedData, batch.messages, batch.partial, control);
    });
  }

  close() {
    if (this.#native !== null) native.keyClose(this.#native);
    this.#native = null;
  }

  async #sealLater(data, into, options) {
    const { nonce, associatedData, signal } = checkMessage(options);
    const key = this.#open();
    return later(signal, (control) => native.sealLater(key, nonce, associatedData, data, into, control));
  }

  async #openLater(data, tag, into, options) {
    const { nonce, associatedData, signal } = checkMessage(options);
    const key = this.#open();
    return later(signal, (control) => native.openLater(key, nonce, associatedData, data, tag, into, control));
  }

  async #openLaterTo(target, data, tag, into, options) {
    try {
      const opened = await this.#openLater(data, tag, into, options);
      try {
        stillThere(target).set(opened);
      } finally {
        opened.fill(0);
      }
      return opened.length;
    } catch (error) {
      if (error instanceof AuthenticationError) stillThere(target).fill(0);
      throw error;
    }
  }

  #open() {
    if (this.#native === null) throw new ClosedError("the Aead was closed");
    return this.#native;
  }
}
addDisposal(Aead);

function checkMessage(options) {
  const { nonce, associatedData = EMPTY, signal } = checkOptions(options);
  checkBytes(nonce, "options.nonce");
  checkBytes(associatedData, "options.associatedData");
  return { nonce, associatedData, signal };
}

function checkBatch(messages, options) {
  const { nonces, associatedData, partial = false, signal } = checkOptions(options);
  return {
    messages: checkBuffers(messages, "messages"),
    nonces: checkBuffers(nonces, "options.nonces"),
    associatedData: associatedData === undefined ? undefined : checkBuffers(associatedData, "options.associatedData"),
    partial: checkBoolean(partial, "options.partial"),
    signal,
  };
}

/** How long the text of a sealed message is. */
function openedLength(data) {
  const [expected, got] = [TAG_LENGTH, checkBytes(data, "data").byteLength];
  if (got >= expected) return got - expected;
  throw new BufferLengthError(`wrong buffer length: expected ${expected} bytes, got ${got}`, { expected, got });
}

/** A Buffer that shares its memory with no other. */
function newBuffer(length) {
  return Buffer.allocUnsafeSlow(length);
}

module.exports = { Aead, TAG_LENGTH };
