"use strict";

// Checks of arguments, by errors as Node's own: a code, and the name of the parameter. What an argument holds is never
// shown, since it may be a secret.

const { types } = require("node:util");

const MAX_LONG = 2n ** 64n - 1n;

/** A buffer of any kind. The addon refuses memory that is shared or detached. */
function checkBytes(value, name) {
  if (!ArrayBuffer.isView(value) && !types.isArrayBuffer(value)) {
    throw invalidType(name, "an instance of Buffer, TypedArray, DataView or ArrayBuffer", value);
  }
  if (types.isDataView(value)) checkAttached(value, name); // the others have the length 0
  return value;
}

function checkAttached(view, name) {
  try {
    return view.byteLength;
  } catch {
    throw invalidValue(name, "attached to its memory");
  }
}

function checkArray(value, name) {
  if (!Array.isArray(value)) throw invalidType(name, "an instance of Array", value);
  return value;
}

function checkString(value, name) {
  if (typeof value !== "string") throw invalidType(name, "of type string", value);
  return value;
}

function checkFunction(value, name) {
  if (typeof value !== "function") throw invalidType(name, "of type function", value);
  return value;
}

function checkBoolean(value, name) {
  if (typeof value !== "boolean") throw invalidType(name, "of type boolean", value);
  return value;
}

/** An integer, or a bigint that is one exactly, from 0 up to the largest that a number holds. */
function checkInteger(value, name) {
  if (typeof value === "bigint") value = value <= Number.MAX_SAFE_INTEGER ? Number(value) : Infinity;
  if (typeof value !== "number") throw invalidType(name, "of type number", value);
  if (!(Number.isSafeInteger(value) && value >= 0)) {
    throw outOfRange(name, `an integer from 0 to ${Number.MAX_SAFE_INTEGER}`, value);
  }
  return value;
}

/** An integer of 64 bits without a sign, as a number or a bigint; it becomes a bigint. */
function checkLong(value, name) {
  if (typeof value === "number" && Number.isSafeInteger(value)) value = BigInt(value);
  if (typeof value !== "bigint") {
    if (typeof value !== "number") throw invalidType(name, "of type bigint or number", value);
    throw outOfRange(name, "an integer from 0 to 18446744073709551615", value);
  }
  if (value < 0n || value > MAX_LONG) throw outOfRange(name, "an integer from 0 to 18446744073709551615", value);
  return value;
}

/** A time to wait in milliseconds, which may be left out. */
function checkMilliseconds(value, name) {
  if (value === undefined) return value;
  if (typeof value !== "number") throw invalidType(name, "of type number", value);
  if (!(value >= 0)) throw outOfRange(name, ">= 0", value);
  return value;
}

/** How many threads, which may be left out. */
function checkThreads(value, name) {
  if (value === undefined) return value;
  if (typeof value !== "number") throw invalidType(name, "of type number", value);
  if (!(value >>> 0 === value && value > 0)) throw outOfRange(name, "an integer from 1 to 4294967295", value);
  return value;
}

/** The number of a page or frame. Integers that none has become 0, for which the addon has an error. */
function checkNumber(value, name) {
  if (typeof value !== "number") throw invalidType(name, "of type number", value);
  if (value >>> 0 === value) return value;
  if (!Number.isInteger(value)) throw outOfRange(name, "an integer", value);
  return 0;
}

/** An integer of 32 bits. */
function checkWord(value, name) {
  if (typeof value !== "number") throw invalidType(name, "of type number", value);
  if (value >>> 0 !== value) throw outOfRange(name, "an integer from 0 to 4294967295", value);
  return value;
}

/** Two of them, as an array of its own. */
function checkWords(value, name) {
  if (!Array.isArray(value) && !(value instanceof Uint32Array))
    throw invalidType(name, "an array of two numbers", value);
  const words = Array.from(value);
  if (words.length !== 2) throw invalidValue(name, "an array of two numbers");
  words.forEach((word, i) => checkWord(word, `${name}[${i}]`));
  return words;
}

/** The number of a frame. */
function checkFrameNumber(value, name) {
  if (checkWord(value, name) === 0) throw outOfRange(name, "an integer from 1 to 4294967295", value);
  return value;
}

/** Options, which may be left out. */
function checkOptions(value, name = "options") {
  if (value === undefined) return {};
  if (value === null || typeof value !== "object") throw invalidType(name, "of type object", value);
  return value;
}

/** An AbortSignal, which may be left out. */
function checkSignal(value) {
  if (value === undefined) return value;
  if (
    value === null ||
    typeof value !== "object" ||
    !("aborted" in value) ||
    typeof value.addEventListener !== "function"
  ) {
    throw invalidType("options.signal", "an instance of AbortSignal", value);
  }
  return value;
}

function invalidType(name, expected, value) {
  return nodeError(TypeError, "ERR_INVALID_ARG_TYPE", `${subject(name)} must be ${expected}. Received ${kind(value)}`);
}

function invalidValue(name, expected) {
  return nodeError(TypeError, "ERR_INVALID_ARG_VALUE", `${subject(name)} must be ${expected}`);
}

function illegalConstructor(message) {
  return nodeError(TypeError, "ERR_ILLEGAL_CONSTRUCTOR", message);
}

function outOfRange(name, expected, value) {
  const message = `The value of "${name}" is out of range. It must be ${expected}. Received ${value}`;
  return nodeError(RangeError, "ERR_OUT_OF_RANGE", message);
}

function nodeError(Class, code, message) {
  const error = new Class(message);
  error.code = code;
  return error;
}

function subject(name) {
  return name.includes(".") ? `The property "${name}"` : `The "${name}" argument`;
}

function kind(value) {
  if (value === null || value === undefined) return String(value);
  if (typeof value === "function") return "a function";
  if (typeof value !== "object") return `type ${typeof value}`;
  const name = value.constructor?.name;
  return typeof name === "string" && name !== "" ? `an instance of ${name}` : "an object";
}

module.exports = {
  checkArray,
  checkBoolean,
  checkBytes,
  checkFrameNumber,
  checkFunction,
  checkInteger,
  checkLong,
  checkMilliseconds,
  checkNumber,
  checkOptions,
  checkSignal,
  checkString,
  checkThreads,
  checkWord,
  checkWords,
  illegalConstructor,
  invalidType,
  invalidValue,
  outOfRange,
};
