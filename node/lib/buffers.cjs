"use strict";

// Buffers and texts as bytes.

const { checkArray, checkBytes } = require("./arguments.cjs");
const { destination } = require("./later.cjs");

/** The bytes of a buffer of any kind, in its own memory. */
function bytesOf(buffer) {
  return destination(buffer).bytes;
}

/** A text in UTF-8, or a buffer as it is. */
function textOrBytes(value, name) {
  return typeof value === "string" ? Buffer.from(value) : checkBytes(value, name);
}

/** An array of buffers, as an array of its own. */
function checkBuffers(buffers, name) {
  return Array.from(checkArray(buffers, name), (buffer, i) => checkBytes(buffer, `${name}[${i}]`));
}

module.exports = { bytesOf, checkBuffers, textOrBytes };
