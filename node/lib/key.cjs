"use strict";

// Keys.

const { inspect } = require("node:util");

const native = require("./binding.cjs");
const { checkBytes, checkString, illegalConstructor, invalidType } = require("./arguments.cjs");
const { addDisposal } = require("./disposal.cjs");
const { ClosedError, attempt } = require("./errors.cjs");

/** The addon's key of a Key, which is not closed. */
let nativeKey;

const MAKE = Symbol("make");

class Key {
  #native;
  #cipher;
  #engine;
  #seals = 0n;

  static {
    nativeKey = (key, name) => {
      if (typeof key !== "object" || key === null || !(#native in key)) {
        throw invalidType(name, "an instance of Key", key);
      }
      return key.#open();
    };
  }

  constructor(make, handle) {
    if (make !== MAKE) throw illegalConstructor("Keys are made by Key.generate, Key.fromBytes and Key.fromText");
    this.#native = handle;
    this.#cipher = native.keyCipher(handle);
    this.#engine = native.keyEngine(handle);
  }

  static generate(cipher = "aegis256") {
    checkString(cipher, "cipher");
    return make(() => native.keyGenerate(cipher));
  }

  static fromBytes(bytes, cipher) {
    checkBytes(bytes, "bytes");
    checkString(cipher, "cipher");
    return make(() => native.keyFromBytes(bytes, cipher));
  }

  static fromText(text, cipher) {
    if (cipher !== undefined) checkString(cipher, "cipher");
    if (typeof text !== "string") return make(() => native.keyFromText(checkBytes(text, "text"), cipher));
    const bytes = new TextEncoder().encode(text);
    try {
      return make(() => native.keyFromText(bytes, cipher));
    } finally {
      bytes.fill(0);
    }
  }

  get cipher() {
    return this.#cipher;
  }

  get engine() {
    return this.#engine;
  }

  get seals() {
    return this.#native === null ? this.#seals : native.keySeals(this.#native);
  }

  withEngine(engine) {
    checkString(engine, "engine");
    return make(() => native.keyWithEngine(this.#open(), engine));
  }

  withCipher(cipher) {
    checkString(cipher, "cipher");
    return make(() => native.keyWithCipher(this.#open(), cipher));
  }

  clone() {
    return make(() => native.keyClone(this.#open()));
  }

  toBytes() {
    return native.keyToBytes(this.#open());
  }

  toText(encoding = "base64") {
    checkString(encoding, "encoding");
    return attempt(() => native.keyToText(this.#open(), encoding));
  }

  equals(other) {
    const theirs = nativeKey(other, "other");
    return native.keyEquals(this.#open(), theirs);
  }

  close() {
    if (this.#native === null) return;
    this.#seals = native.keySeals(this.#native);
    native.keyClose(this.#native);
    this.#native = null;
  }

  toString() {
    return `Key(${this.#cipher})`;
  }

  toJSON() {
    return this.toString();
  }

  [inspect.custom]() {
    return this.toString();
  }

  #open() {
    if (this.#native === null) throw new ClosedError("the key was closed");
    return this.#native;
  }
}
addDisposal(Key);

function make(work) {
  return new Key(MAKE, attempt(work));
}

module.exports = { Key, makeKey: make, nativeKey };
