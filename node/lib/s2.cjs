"use strict";

// S2's streams: what its records are made of, as it stores them.

const native = require("./binding.cjs");
const {
  checkArray,
  checkBytes,
  checkInteger,
  checkLong,
  checkOptions,
  checkString,
  invalidType,
  invalidValue,
} = require("./arguments.cjs");
const { bytesOf, textOrBytes } = require("./buffers.cjs");
const { attempt } = require("./errors.cjs");
const { makeKey } = require("./key.cjs");
const { later } = require("./later.cjs");
const { nativeRecordCodec } = require("./record.cjs");

const EMPTY = new Uint8Array(0);

function streamId(basin, stream) {
  checkName(basin, "basin");
  checkName(stream, "stream");
  return attempt(() => native.s2StreamId(basin, stream));
}

/** A name in Unicode: what is none would be written as something else, and names would share an id. */
function checkName(name, argument) {
  if (!checkString(name, argument).isWellFormed()) throw invalidValue(argument, "well-formed Unicode");
}

function keyFromHeader(value, cipher) {
  checkString(cipher, "cipher");
  if (value === undefined || value === null) return makeKey(() => native.s2KeyFromHeader(undefined, cipher));
  if (typeof value !== "string") return makeKey(() => native.s2KeyFromHeader(checkBytes(value, "value"), cipher));
  const bytes = new TextEncoder().encode(value);
  try {
    return makeKey(() => native.s2KeyFromHeader(bytes, cipher));
  } finally {
    bytes.fill(0);
  }
}

function encodeEnvelope(envelope) {
  const { headers, body } = checkEnvelope(envelope, "envelope");
  return attempt(() => native.s2EnvelopeEncode(headers, body));
}

function decodeEnvelope(bytes) {
  checkBytes(bytes, "bytes");
  const { headers, body } = attempt(() => native.s2EnvelopeDecode(bytes));
  return { headers, body };
}

function meteredSize(envelope) {
  const { headers, body } = checkEnvelope(envelope, "envelope");
  return attempt(() => native.s2MeteredSize(headers, body));
}

/** Names and values of the headers one behind the other, and the body. */
function checkEnvelope(envelope, name) {
  const { headers = [], body = EMPTY } = checkOptions(envelope ?? null, name);
  const all = Array.from(checkArray(headers, `${name}.headers`)).flatMap((header, i) => {
    const owner = `${name}.headers[${i}]`;
    if (header === null || typeof header !== "object") throw invalidType(owner, "of type object", header);
    const { name: headerName, value } = header;
    return [textOrBytes(headerName, `${owner}.name`), textOrBytes(value, `${owner}.value`)];
  });
  return { headers: all, body: textOrBytes(body, `${name}.body`) };
}

function decodeStored(bytes) {
  checkBytes(bytes, "bytes");
  return storedOf(attempt(() => native.s2StoredDecode(bytes)));
}

function encodeStored(stored) {
  const { kind, token, point, record, meteredSize: size } = checkOptions(stored ?? null, "stored");
  switch (checkString(kind, "stored.kind")) {
    case "fence":
      checkName(token, "stored.token");
      return attempt(() => native.s2StoredFence(token));
    case "trim": {
      const to = checkLong(point, "stored.point");
      return attempt(() => native.s2StoredTrim(to));
    }
    case "plaintext": {
      const { headers, body } = checkEnvelope(stored, "stored");
      return attempt(() => native.s2StoredPlaintext(headers, body));
    }
    case "encrypted": {
      const bytes = bytesOf(checkBytes(record, "stored.record"));
      const metered = checkInteger(size, "stored.meteredSize");
      return attempt(() => native.s2StoredEncrypted(bytes, metered));
    }
    default:
      throw invalidValue("stored.kind", "fence, trim, plaintext or encrypted");
  }
}

function openStoredSync(codec, bytes) {
  const theirs = nativeRecordCodec(codec, "codec");
  checkBytes(bytes, "bytes");
  return storedOf(attempt(() => native.s2StoredOpen(theirs, bytes)));
}

async function openStored(codec, bytes, options) {
  const { signal } = checkOptions(options);
  const theirs = nativeRecordCodec(codec, "codec");
  checkBytes(bytes, "bytes");
  return storedOf(await later(signal, (control) => native.s2StoredOpenLater(theirs, bytes, control)));
}

function storedOf({ kind, meteredSize, token, point, headers, body, record }) {
  switch (kind) {
    case "fence":
      return { kind, meteredSize, token };
    case "trim":
      return { kind, meteredSize, point };
    case "plaintext":
      return { kind, meteredSize, headers, body };
    default:
      return { kind, meteredSize, record };
  }
}

function answer(error) {
  if (error === null || typeof error !== "object" || typeof error.code !== "string") {
    throw invalidType("error", "an instance of PagecryptError", error);
  }
  return native.s2Answer(error.code) ?? null;
}

/** What S2 has: the functions of its records, and its limits. */
const s2 = Object.freeze({
  // As in core/src/record/s2; a test compares them with what the addon does.
  KEY_HEADER: "s2-encryption-key",
  MAX_METERED_SIZE: 1048576,
  MAX_FENCING_TOKEN_LENGTH: 36,
  MAX_AES256GCM_SEQUENCE: 4294967295,
  streamId,
  keyFromHeader,
  encodeEnvelope,
  decodeEnvelope,
  meteredSize,
  decodeStored,
  encodeStored,
  openStored,
  openStoredSync,
  answer,
});

module.exports = { s2 };
