"use strict";

// The catalogue of ciphers.

const native = require("./binding.cjs");
const { checkInteger, checkString } = require("./arguments.cjs");
const { attempt } = require("./errors.cjs");

function ciphers() {
  return Object.freeze(attempt(() => native.ciphers()).map(infoOf));
}

function cipher(name) {
  if (typeof name === "number") {
    const number = Math.min(checkInteger(name, "name"), 0xffffffff);
    return infoOf(attempt(() => native.cipherOfNumber(number)));
  }
  checkString(name, "name");
  return infoOf(attempt(() => native.cipher(name)));
}

function infoOf(info) {
  const longest = info.maxMessageLength;
  if (longest <= Number.MAX_SAFE_INTEGER) info.maxMessageLength = Number(longest);
  return Object.freeze(info);
}

module.exports = { cipher, ciphers };
