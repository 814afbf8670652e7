"use strict";

// Records.

const native = require("./binding.cjs");
const {
  checkArray,
  checkBoolean,
  checkBytes,
  checkInteger,
  checkOptions,
  checkString,
  illegalConstructor,
  invalidType,
} = require("./arguments.cjs");
const { checkBuffers } = require("./buffers.cjs");
const { addDisposal } = require("./disposal.cjs");
const { ClosedError, attempt, fromFailure } = require("./errors.cjs");
const { makeKey, nativeKey } = require("./key.cjs");
const { later } = require("./later.cjs");
const { checkId, packContext, packPlace, packPlaces } = require("./place.cjs");
const { openStream, sealStream } = require("./record_stream.cjs");

const MAKE = Symbol("make");
const KEY_ID_LENGTH = 4;

/** The addon's codec of a RecordCodec, which is not closed. */
let nativeRecordCodec;

class RecordCodec {
  #native;
  #cipher;
  #engine;
  #format;
  #keyId;

  static {
    nativeRecordCodec = (codec, name) => {
      if (typeof codec !== "object" || codec === null || !(#native in codec)) {
        throw invalidType(name, "an instance of RecordCodec", codec);
      }
      return codec.#open();
    };
  }

  constructor(make, handle, { cipher, engine, format } = {}) {
    if (make !== MAKE) throw illegalConstructor("RecordCodecs are made by RecordCodec.s2 and RecordCodec.bound");
    this.#native = handle;
    this.#cipher = cipher;
    this.#engine = engine;
    this.#format = format;
    this.#keyId = native.recordCodecKeyId(handle) ?? null;
  }

  static s2(key, streamId) {
    const id = checkBytes(streamId, "streamId");
    const theirs = nativeKey(key, "key");
    const { cipher, engine } = key;
    const handle = attempt(() => native.recordCodecS2(theirs, id));
    return new RecordCodec(MAKE, handle, { cipher, engine, format: "s2" });
  }

  static bound(key, context) {
    const packed = packContext(context);
    const theirs = nativeKey(key, "key");
    const { cipher, engine } = key;
    const handle = attempt(() => native.recordCodecBound(theirs, packed));
    return new RecordCodec(MAKE, handle, { cipher, engine, format: "bound" });
  }

  get cipher() {
    return this.#cipher;
  }

  get engine() {
    return this.#engine;
  }

  get format() {
    return this.#format;
  }

  get keyId() {
    return this.#keyId === null ? null : Buffer.from(this.#keyId);
  }

  withDecryptOnlyKey(key) {
    const theirs = nativeKey(key, "key");
    const codec = this.#open();
    return new RecordCodec(
      MAKE,
      attempt(() => native.recordCodecWithDecryptOnlyKey(codec, theirs)),
      { cipher: this.#cipher, engine: this.#engine, format: this.#format },
    );
  }

  // Lengths, and what a record says in clear

  sealedLength(plaintextLength, options) {
    const length = checkInteger(plaintextLength, "plaintextLength");
    const place = packPlace(checkOptions(options));
    const codec = this.#open();
    return attempt(() => native.recordSealedLength(codec, length, place));
  }

  openedLength(record) {
    const codec = this.#open();
    checkBytes(record, "record");
    return attempt(() => native.recordOpenedLength(codec, record));
  }

  needsReseal(record) {
    const codec = this.#open();
    checkBytes(record, "record");
    return attempt(() => native.recordNeedsReseal(codec, record));
  }

  // One record

  sealSync(plaintext, options) {
    const place = packPlace(checkOptions(options));
    const codec = this.#open();
    checkBytes(plaintext, "plaintext");
    return attempt(() => native.sealRecord(codec, plaintext, place));
  }

  openSync(record, options) {
    const place = packPlace(checkOptions(options));
    const codec = this.#open();
    checkBytes(record, "record");
    return attempt(() => native.openRecord(codec, record, place));
  }

  resealSync(record, options) {
    const place = packPlace(checkOptions(options));
    const codec = this.#open();
    checkBytes(record, "record");
    return attempt(() => native.resealRecord(codec, record, place));
  }

  async seal(plaintext, options) {
    const { signal, ...where } = checkOptions(options);
    const place = packPlace(where);
    const codec = this.#open();
    checkBytes(plaintext, "plaintext");
    return later(signal, (control) => native.sealRecordLater(codec, plaintext, place, control));
  }

  async open(record, options) {
    const { signal, ...where } = checkOptions(options);
    const place = packPlace(where);
    const codec = this.#open();
    checkBytes(record, "record");
    return later(signal, (control) => native.openRecordLater(codec, record, place, control));
  }

  async reseal(record, options) {
    const { signal, ...where } = checkOptions(options);
    const place = packPlace(where);
    const codec = this.#open();
    checkBytes(record, "record");
    return later(signal, (control) => native.resealRecordLater(codec, record, place, control));
  }

  // Many at once

  sealBatchSync(plaintexts, options) {
    const { messages, places } = checkBatch(plaintexts, "plaintexts", options);
    const codec = this.#open();
    return attempt(() => native.sealRecords(codec, messages, places));
  }

  openBatchSync(records, options) {
    const { messages, places, partial } = checkBatch(records, "records", options);
    const codec = this.#open();
    return attempt(() => native.openRecords(codec, messages, places, partial, 0)).map(outcomeOf);
  }

  async sealBatch(plaintexts, options) {
    const { messages, places, signal } = checkBatch(plaintexts, "plaintexts", options);
    const codec = this.#open();
    return later(signal, (control) => native.sealRecordsLater(codec, messages, places, control));
  }

  async openBatch(records, options) {
    const { messages, places, partial, signal } = checkBatch(records, "records", options);
    const codec = this.#open();
    const opened = await later(signal, (control) => {
      return native.openRecordsLater(codec, messages, places, partial, 0, control);
    });
    return opened.map(outcomeOf);
  }

  // Streams

  sealStream(options) {
    this.#open();
    return sealStream(() => this.#open(), options);
  }

  openStream(options) {
    this.#open();
    return openStream(() => this.#open(), options);
  }

  close() {
    if (this.#native !== null) native.recordCodecClose(this.#native);
    this.#native = null;
  }

  #open() {
    if (this.#native === null) throw new ClosedError("the codec was closed");
    return this.#native;
  }
}
addDisposal(RecordCodec);

function checkBatch(buffers, name, options) {
  const { sequences, clocks, reseals, tokens, partial = false, signal } = checkOptions(options);
  const messages = checkBuffers(buffers, name);
  return {
    messages,
    places: packPlaces(messages.length, { sequences, clocks, reseals, tokens }),
    partial: checkBoolean(partial, "options.partial"),
    signal,
  };
}

/** What was opened, or its error. */
function outcomeOf({ bytes, failure }) {
  return failure === undefined ? bytes : fromFailure(failure);
}

function recordOverhead(cipher, format) {
  checkString(cipher, "cipher");
  checkString(format, "format");
  return attempt(() => native.recordOverhead(cipher, format)) ?? null;
}

function parseRecordHeader(record) {
  checkBytes(record, "record");
  return Object.freeze(attempt(() => native.parseRecordHeader(record)));
}

function compareWrites(a, b) {
  checkBytes(a, "a");
  checkBytes(b, "b");
  return attempt(() => native.compareWrites(a, b));
}

function keyId(key, context) {
  const packed = packContext(context);
  const theirs = nativeKey(key, "key");
  return attempt(() => native.keyId(theirs, packed));
}

function generateKey(cipher, context, taken = []) {
  checkString(cipher, "cipher");
  const packed = packContext(context);
  const ids = Array.from(checkArray(taken, "taken"), (id, i) => checkId(id, KEY_ID_LENGTH, `taken[${i}]`));
  const all = Buffer.concat(ids);
  return makeKey(() => native.generateKey(cipher, packed, all));
}

module.exports = {
  RecordCodec,
  compareWrites,
  generateKey,
  keyId,
  nativeRecordCodec,
  parseRecordHeader,
  recordOverhead,
};
