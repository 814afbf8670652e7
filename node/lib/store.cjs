"use strict";

// Stores: entries whose path nobody sees who has no key.

const { inspect } = require("node:util");

const native = require("./binding.cjs");
const {
  checkArray,
  checkBoolean,
  checkBytes,
  checkOptions,
  checkString,
  illegalConstructor,
  invalidType,
} = require("./arguments.cjs");
const { textOrBytes } = require("./buffers.cjs");
const { addDisposal } = require("./disposal.cjs");
const { ClosedError, attempt, fromFailure } = require("./errors.cjs");
const { nativeKey } = require("./key.cjs");
const { later } = require("./later.cjs");
const { packPlace, packPlaces } = require("./place.cjs");

const MAKE = Symbol("make");

/** The addon's key of a TokenKey, which is not closed. */
let nativeTokenKey;

class TokenKey {
  #native;
  #shown = "TokenKey";

  static {
    nativeTokenKey = (key, name) => {
      if (typeof key !== "object" || key === null || !(#native in key)) {
        throw invalidType(name, "an instance of TokenKey", key);
      }
      return key.#open();
    };
  }

  constructor(make, handle) {
    if (make !== MAKE) throw illegalConstructor("TokenKeys are made by TokenKey.generate and TokenKey.fromBytes");
    this.#native = handle;
  }

  static generate() {
    return new TokenKey(
      MAKE,
      attempt(() => native.tokenKeyGenerate()),
    );
  }

  static fromBytes(bytes) {
    checkBytes(bytes, "bytes");
    return new TokenKey(
      MAKE,
      attempt(() => native.tokenKeyFromBytes(bytes)),
    );
  }

  token(path) {
    const bytes = textOrBytes(path, "path");
    return attempt(() => native.tokenKeyToken(this.#open(), bytes));
  }

  toBytes() {
    return native.tokenKeyToBytes(this.#open());
  }

  equals(other) {
    const theirs = nativeTokenKey(other, "other");
    return native.tokenKeyEquals(this.#open(), theirs);
  }

  close() {
    if (this.#native !== null) native.tokenKeyClose(this.#native);
    this.#native = null;
  }

  toString() {
    return this.#shown;
  }

  toJSON() {
    return this.toString();
  }

  [inspect.custom]() {
    return this.toString();
  }

  #open() {
    if (this.#native === null) throw new ClosedError("the token key was closed");
    return this.#native;
  }
}
addDisposal(TokenKey);

class StoreCodec {
  #native;
  #cipher;
  #engine;
  #keyId;

  constructor(key, options, handle) {
    if (key === MAKE) this.#native = handle;
    else this.#native = StoreCodec.#make(key, options);
    ({ cipher: this.#cipher, engine: this.#engine } = key === MAKE ? options : key);
    this.#keyId = native.storeCodecKeyId(this.#native);
  }

  static #make(key, options) {
    const { id, tokenKey, padding = "none" } = checkOptions(options);
    checkBytes(id, "options.id");
    checkString(padding, "options.padding");
    const theirTokenKey = nativeTokenKey(tokenKey, "options.tokenKey");
    const theirs = nativeKey(key, "key");
    return attempt(() => native.storeCodecNew(theirs, theirTokenKey, padding, id));
  }

  get cipher() {
    return this.#cipher;
  }

  get engine() {
    return this.#engine;
  }

  get keyId() {
    return Buffer.from(this.#keyId);
  }

  withDecryptOnlyKey(key) {
    const theirs = nativeKey(key, "key");
    const codec = this.#open();
    const handle = attempt(() => native.storeCodecWithDecryptOnlyKey(codec, theirs));
    return new StoreCodec(MAKE, { cipher: this.#cipher, engine: this.#engine }, handle);
  }

  token(path) {
    const bytes = textOrBytes(path, "path");
    return attempt(() => native.storeToken(this.#open(), bytes));
  }

  needsReseal(record) {
    const codec = this.#open();
    checkBytes(record, "record");
    return attempt(() => native.storeNeedsReseal(codec, record));
  }

  // One entry

  sealSync(entry) {
    const { fields, places } = checkEntries([entry], "entry");
    const codec = this.#open();
    return attempt(() => native.sealEntries(codec, fields, places))[0];
  }

  openSync(token, record) {
    const places = placeOf(token);
    checkBytes(record, "record");
    const codec = this.#open();
    return entryOf(attempt(() => native.openEntries(codec, [record], places, false))[0]);
  }

  resealSync(token, record) {
    const place = placeOf(token);
    checkBytes(record, "record");
    const codec = this.#open();
    return attempt(() => native.resealEntry(codec, record, place));
  }

  async seal(entry, options) {
    const { signal } = checkOptions(options);
    const { fields, places } = checkEntries([entry], "entry");
    const codec = this.#open();
    const [row] = await later(signal, (control) => native.sealEntriesLater(codec, fields, places, control));
    return row;
  }

  async open(token, record, options) {
    const { signal } = checkOptions(options);
    const places = placeOf(token);
    checkBytes(record, "record");
    const codec = this.#open();
    const [entry] = await later(signal, (control) => {
      return native.openEntriesLater(codec, [record], places, false, control);
    });
    return entryOf(entry);
  }

  async reseal(token, record, options) {
    const { signal } = checkOptions(options);
    const place = placeOf(token);
    checkBytes(record, "record");
    const codec = this.#open();
    return later(signal, (control) => native.resealEntryLater(codec, record, place, control));
  }

  // Many at once

  sealBatchSync(entries) {
    const { fields, places } = checkEntries(entries, "entries");
    const codec = this.#open();
    return attempt(() => native.sealEntries(codec, fields, places));
  }

  openBatchSync(rows, options) {
    const { partial = false } = checkOptions(options);
    checkBoolean(partial, "options.partial");
    const { records, places } = checkRows(rows);
    const codec = this.#open();
    return attempt(() => native.openEntries(codec, records, places, partial)).map(entryOf);
  }

  async sealBatch(entries, options) {
    const { signal } = checkOptions(options);
    const { fields, places } = checkEntries(entries, "entries");
    const codec = this.#open();
    return later(signal, (control) => native.sealEntriesLater(codec, fields, places, control));
  }

  async openBatch(rows, options) {
    const { partial = false, signal } = checkOptions(options);
    checkBoolean(partial, "options.partial");
    const { records, places } = checkRows(rows);
    const codec = this.#open();
    const opened = await later(signal, (control) => {
      return native.openEntriesLater(codec, records, places, partial, control);
    });
    return opened.map(entryOf);
  }

  close() {
    if (this.#native !== null) native.storeCodecClose(this.#native);
    this.#native = null;
  }

  #open() {
    if (this.#native === null) throw new ClosedError("the codec was closed");
    return this.#native;
  }
}
addDisposal(StoreCodec);

/** The fields of entries one behind the other, and their clocks packed. `name` is that of one entry, or of the array. */
function checkEntries(entries, name) {
  const clocks = [];
  const fields = Array.from(checkArray(entries, name)).flatMap((entry, i) => {
    const owner = name === "entry" ? name : `${name}[${i}]`;
    if (entry === null || typeof entry !== "object") throw invalidType(owner, "of type object", entry);
    const { path, type, schema, body, clock } = entry;
    clocks.push(clock ?? undefined);
    return [
      textOrBytes(path, `${owner}.path`),
      textOrBytes(type, `${owner}.type`),
      textOrBytes(schema, `${owner}.schema`),
      checkBytes(body, `${owner}.body`),
    ];
  });
  return { fields, places: packPlaces(clocks.length, { clocks }) };
}

function placeOf(token) {
  checkBytes(token, "token");
  return packPlace({ token });
}

function checkRows(rows) {
  const tokens = [];
  const records = Array.from(checkArray(rows, "rows"), (row, i) => {
    if (row === null || typeof row !== "object") throw invalidType(`rows[${i}]`, "of type object", row);
    const { token, record } = row;
    tokens.push(checkBytes(token, `rows[${i}].token`));
    return checkBytes(record, `rows[${i}].record`);
  });
  return { records, places: packPlaces(records.length, { tokens }) };
}

/** What was opened, or its error. */
function entryOf({ path, typeName, schema, body, clock, failure }) {
  return failure === null ? { path, type: typeName, schema, body, clock } : fromFailure(failure);
}

module.exports = { StoreCodec, TokenKey };
