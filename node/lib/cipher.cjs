"use strict";

// The catalogue of ciphers.

const native = require("./binding.cjs");
const { checkString } = require("./arguments.cjs");
const { fromNative } = require("./errors.cjs");

function ciphers() {
  try {
    return Object.freeze(native.ciphers().map(freeze));
  } catch (error) {
    throw fromNative(error);
  }
}

function cipher(name) {
  checkString(name, "name");
  try {
    return freeze(native.cipher(name));
  } catch (error) {
    throw fromNative(error);
  }
}

function freeze(info) {
  info.maxRandomSeals ??= null;
  const longest = info.maxMessageLength;
  if (longest <= Number.MAX_SAFE_INTEGER) info.maxMessageLength = Number(longest);
  return Object.freeze(info);
}

module.exports = { cipher, ciphers };
