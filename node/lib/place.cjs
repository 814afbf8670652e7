"use strict";

// Contexts, and places of records, checked and packed for the addon: numbers of 64 bits cost less so than as bigints.

const {
  checkArray,
  checkBytes,
  checkLong,
  checkOptions,
  checkString,
  checkWord,
  invalidValue,
} = require("./arguments.cjs");
const { BufferLengthError } = require("./errors.cjs");
const { bytesOf } = require("./buffers.cjs");

// As in src/record/place.rs: what is given, sequence, clock, reseals, token.
const PLACE_LENGTH = 1 + 8 + 8 + 4 + 32;
const [SEQUENCE, CLOCK, TOKEN] = [1, 2, 4];

const CONTEXTS = { stream: [1, 32], store: [2, 16], writer: [3, 32] };
const WRITER_LENGTH = 16;

/** A context, packed: its kind, then its ids. */
function packContext(context) {
  const { kind, id, writer } = checkOptions(context ?? null, "context");
  checkString(kind, "context.kind");
  if (!Object.hasOwn(CONTEXTS, kind)) throw invalidValue("context.kind", "stream, store or writer");
  const [number, length] = CONTEXTS[kind];
  const parts = [Uint8Array.of(number), checkId(id, length, "context.id")];
  if (kind === "writer") parts.push(checkId(writer, WRITER_LENGTH, "context.writer"));
  return Buffer.concat(parts);
}

/** An id or token, as bytes. */
function checkId(value, expected, name) {
  const bytes = bytesOf(checkBytes(value, name));
  if (bytes.length === expected) return bytes;
  const got = bytes.length;
  throw new BufferLengthError(`wrong buffer length: expected ${expected} bytes, got ${got}`, { expected, got });
}

/** Where one record belongs, packed; `undefined` for nothing. */
function packPlace({ sequence, clock, reseals, token }) {
  if (sequence === undefined && clock === undefined && reseals === undefined && token === undefined) return undefined;
  const packed = Buffer.alloc(PLACE_LENGTH);
  if (sequence !== undefined) putSequence(packed, 0, checkLong(sequence, "options.sequence"));
  if (clock !== undefined) putClock(packed, 0, checkLong(clock, "options.clock"));
  if (reseals !== undefined) putReseals(packed, 0, checkWord(reseals, "options.reseals"));
  if (token !== undefined) putToken(packed, 0, checkId(token, 32, "options.token"));
  return packed;
}

/** Where the records of a batch belong, packed; `undefined` for nothing. */
function packPlaces(count, { sequences, clocks, reseals, tokens }) {
  if ([sequences, clocks, reseals, tokens].every((list) => list === undefined)) return undefined;
  const packed = Buffer.alloc(count * PLACE_LENGTH);
  const each = (list, name, put) => {
    if (list === undefined) return;
    const values = Array.from(checkArray(list, name));
    if (values.length !== count) throw invalidValue(name, `an array of ${count} values, one for each record`);
    values.forEach((value, i) => {
      if (value !== undefined) put(value, i, `${name}[${i}]`);
    });
  };
  each(sequences, "options.sequences", (value, i, name) => putSequence(packed, i, checkLong(value, name)));
  each(clocks, "options.clocks", (value, i, name) => putClock(packed, i, checkLong(value, name)));
  each(reseals, "options.reseals", (value, i, name) => putReseals(packed, i, checkWord(value, name)));
  each(tokens, "options.tokens", (value, i, name) => putToken(packed, i, checkId(value, 32, name)));
  return packed;
}

/** Places of which the sequence numbers count up from `first`, and the clocks are these; both may be `undefined`. */
function packRun(count, first, clocks) {
  if (first === undefined && clocks === undefined) return undefined;
  const packed = Buffer.alloc(count * PLACE_LENGTH);
  for (let i = 0; i < count; i++) {
    if (first !== undefined) putSequence(packed, i, checkLong(first + BigInt(i), "options.firstSequence"));
    if (clocks !== undefined) putClock(packed, i, clocks[i]);
  }
  return packed;
}

function putSequence(packed, i, sequence) {
  packed[i * PLACE_LENGTH] |= SEQUENCE;
  packed.writeBigUInt64LE(sequence, i * PLACE_LENGTH + 1);
}

function putClock(packed, i, clock) {
  packed[i * PLACE_LENGTH] |= CLOCK;
  packed.writeBigUInt64LE(clock, i * PLACE_LENGTH + 9);
}

function putReseals(packed, i, reseals) {
  packed.writeUInt32LE(reseals, i * PLACE_LENGTH + 17);
}

function putToken(packed, i, token) {
  packed[i * PLACE_LENGTH] |= TOKEN;
  packed.set(token, i * PLACE_LENGTH + 21);
}

module.exports = { checkId, packContext, packPlace, packPlaces, packRun };
