"use strict";

// Streams that seal or open records as they pass.

const { Transform } = require("node:stream");

const native = require("./binding.cjs");
const {
  checkBytes,
  checkFunction,
  checkInteger,
  checkLong,
  checkOptions,
  checkSignal,
  checkString,
  invalidValue,
  outOfRange,
} = require("./arguments.cjs");
const { fromFailure } = require("./errors.cjs");
const { FrameReader, frameHeader } = require("./frames.cjs");
const { later } = require("./later.cjs");
const { packRun } = require("./place.cjs");

/** How many records are worked on together. */
const BATCH = 64;

/** The longest record of a stream of bytes, unless told otherwise. */
const MAX_LENGTH = 16 * 1024 * 1024;

/** Beyond it, a frame's length would not fit where a record is longer than its plaintext. */
const MAX_MAX_LENGTH = 2 ** 31 - 1;

class RecordStream extends Transform {
  #work;
  #frames;
  #sequence;
  #count = 0;
  #resume = null;

  /** `work(records, firstSequence, firstNumber)` promises what comes of the records, each bytes or an error. */
  constructor(work, { sequence, frames, signal }) {
    super({
      ...(frames === undefined && { objectMode: true, writableHighWaterMark: BATCH, readableHighWaterMark: BATCH }),
      ...(signal !== undefined && { signal }),
    });
    this.#work = work;
    this.#frames = frames;
    this.#sequence = sequence;
  }

  // Transform's own would take one chunk at a time: this takes what has gathered while the last ones were worked on.

  _write(chunk, _encoding, callback) {
    this.#pass([chunk], callback);
  }

  _writev(chunks, callback) {
    this.#pass(
      chunks.map(({ chunk }) => chunk),
      callback,
    );
  }

  _read() {
    const resume = this.#resume;
    this.#resume = null;
    resume?.();
  }

  _flush(callback) {
    try {
      this.#frames?.end();
      callback();
    } catch (error) {
      callback(error);
    }
  }

  _destroy(error, callback) {
    this.#frames?.wipe();
    this._read(); // who waits for a reader waits no longer
    callback(error);
  }

  #pass(chunks, callback) {
    this.#workOn(this.#records(chunks)).then(() => callback(), callback);
  }

  *#records(chunks) {
    for (const chunk of chunks) {
      if (this.#frames === undefined) yield { bytes: checkBytes(chunk, "chunk"), isOwn: false };
      else yield* this.#frames.read(chunk);
    }
  }

  /** Works on all there are. A frame that is none is an error once what comes before it was worked on. */
  async #workOn(records) {
    for (;;) {
      const batch = [];
      let failure;
      try {
        for (let next; batch.length < BATCH && !(next = records.next()).done;) batch.push(next.value);
      } catch (error) {
        failure = { error };
      }
      if (batch.length > 0) await this.#workOnBatch(batch);
      if (failure !== undefined) throw failure.error;
      if (batch.length < BATCH || this.destroyed) return;
    }
  }

  async #workOnBatch(batch) {
    let results;
    try {
      results = await this.#work(
        batch.map(({ bytes }) => bytes),
        this.#sequence,
        this.#count,
      );
    } finally {
      for (const { bytes, isOwn } of batch) if (isOwn) bytes.fill(0);
    }
    this.#count += batch.length;
    if (this.#sequence !== undefined) this.#sequence += BigInt(batch.length);
    for (const result of results) {
      if (result instanceof Error) throw result;
      if (this.destroyed) return;
      if (!this.#give(result)) await new Promise((resolve) => (this.#resume = resolve));
    }
  }

  /** Whether there is room for more. */
  #give(record) {
    if (this.#frames === undefined) return this.push(record);
    const hasRoom = this.push(frameHeader(record.length));
    return record.length === 0 ? hasRoom : this.push(record);
  }
}

/** A stream that seals what is written to it; `codec()` gives the addon's codec. */
function sealStream(codec, options) {
  const { clock, ...others } = checkOptions(options);
  if (clock !== undefined) checkFunction(clock, "options.clock");
  return new RecordStream(async (plaintexts, sequence) => {
    const clocks = clock && plaintexts.map(() => checkLong(clock(), "options.clock()"));
    const places = packRun(plaintexts.length, sequence, clocks);
    return later(undefined, () => native.sealRecordsLater(codec(), plaintexts, places));
  }, checkStream(others));
}

/** A stream that opens what is written to it. */
function openStream(codec, options) {
  return new RecordStream(
    async (records, sequence, number) => {
      const places = packRun(records.length, sequence);
      const opened = await later(undefined, () => native.openRecordsLater(codec(), records, places, true, number));
      return opened.map(({ bytes, failure }) => (failure === undefined ? bytes : fromFailure(failure)));
    },
    checkStream(checkOptions(options)),
  );
}

function checkStream({ firstSequence, framing, maxLength = MAX_LENGTH, signal }) {
  if (framing !== undefined && checkString(framing, "options.framing") !== "length") {
    throw invalidValue("options.framing", "length");
  }
  if (checkInteger(maxLength, "options.maxLength") > MAX_MAX_LENGTH) {
    throw outOfRange("options.maxLength", `<= ${MAX_MAX_LENGTH}`, maxLength);
  }
  return {
    sequence: firstSequence === undefined ? undefined : checkLong(firstSequence, "options.firstSequence"),
    frames: framing === undefined ? undefined : new FrameReader(Number(maxLength)),
    signal: checkSignal(signal),
  };
}

module.exports = { openStream, sealStream };
