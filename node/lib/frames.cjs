"use strict";

// Records in a stream of bytes: each with its length before it, as 4 bytes, the most significant first.

const { MalformedError } = require("./errors.cjs");

const HEADER_LENGTH = 4;

/** What a record that does not come whole is first kept in, at most. */
const FIRST_ROOM = 4096;

/** Finds the records in chunks that are cut anywhere. It keeps what has come of a record, not what is declared of it. */
class FrameReader {
  #limit;
  #header = Buffer.alloc(HEADER_LENGTH);
  #headerFilled = 0;
  #length = 0;
  #room = null;
  #filled = 0;

  /** Records are at most `limit` bytes long. */
  constructor(limit) {
    this.#limit = limit;
  }

  /** The records that are whole with this chunk. `isOwn` tells whether nobody else has their memory. */
  *read(chunk) {
    for (let at = 0; ;) {
      if (this.#headerFilled < HEADER_LENGTH) {
        const some = chunk.subarray(at, at + HEADER_LENGTH - this.#headerFilled);
        this.#header.set(some, this.#headerFilled);
        this.#headerFilled += some.length;
        at += some.length;
        if (this.#headerFilled < HEADER_LENGTH) return;
        this.#length = this.#checkLength(this.#header.readUInt32BE());
      }
      const some = chunk.subarray(at, at + this.#length - this.#filled);
      at += some.length;
      if (this.#room === null && some.length === this.#length) {
        this.#headerFilled = 0;
        yield { bytes: some, isOwn: false };
        continue;
      }
      this.#keep(some);
      if (this.#filled < this.#length) return;
      const bytes = this.#room.subarray(0, this.#length);
      this.#room = null;
      this.#filled = this.#headerFilled = 0;
      yield { bytes, isOwn: true };
    }
  }

  /** To be called where the stream ends. */
  end() {
    if (this.#headerFilled > 0) throw new MalformedError("malformed: the stream ends within a record or its length");
  }

  /** Wipes what is kept. */
  wipe() {
    this.#room?.fill(0);
    this.#room = null;
  }

  #checkLength(length) {
    if (length <= this.#limit) return length;
    throw new MalformedError(`malformed: a record of ${length} bytes is declared, the limit is ${this.#limit}`);
  }

  #keep(some) {
    const needed = this.#filled + some.length;
    if (this.#room === null || this.#room.length < needed) {
      const room = Buffer.alloc(Math.min(this.#length, Math.max(needed, 2 * this.#filled, FIRST_ROOM)));
      if (this.#room !== null) {
        room.set(this.#room.subarray(0, this.#filled));
        this.#room.fill(0);
      }
      this.#room = room;
    }
    this.#room.set(some, this.#filled);
    this.#filled = needed;
  }
}

/** What stands before a record of this length. */
function frameHeader(length) {
  const header = Buffer.alloc(HEADER_LENGTH);
  header.writeUInt32BE(length);
  return header;
}

module.exports = { FrameReader, frameHeader };
