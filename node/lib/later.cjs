"use strict";

// Work on the thread pool: how a signal stops it, and how its bytes get into the caller's buffers.

const { types } = require("node:util");

const native = require("./binding.cjs");
const { checkSignal } = require("./arguments.cjs");
const { InvalidArgumentError, fromNative } = require("./errors.cjs");

/**
 * Starts work that owns its memory by `start(control)`, and gives what its promise gives. Once the signal is aborted, it
 * rejects with the signal's reason, whether the work has ended or not: nobody will see what comes of it.
 */
async function later(signal, start) {
  checkSignal(signal);
  if (signal === undefined) {
    try {
      return await start();
    } catch (error) {
      throw fromNative(error);
    }
  }
  if (signal.aborted) throw signal.reason;
  const control = native.controlNew();
  let onAbort;
  const aborted = new Promise((_, reject) => {
    onAbort = () => {
      native.controlStop(control);
      reject(signal.reason);
    };
    signal.addEventListener("abort", onAbort, { once: true });
  });
  try {
    return await Promise.race([start(control), aborted]);
  } catch (error) {
    throw fromNative(error);
  } finally {
    signal.removeEventListener("abort", onAbort);
  }
}

/** A buffer's bytes, to be written to when the work is done. */
function destination(buffer) {
  const view = ArrayBuffer.isView(buffer);
  const memory = view ? buffer.buffer : buffer;
  if (types.isSharedArrayBuffer(memory)) throw refused("a buffer's memory is shared with other threads");
  let bytes;
  try {
    bytes = view ? new Uint8Array(memory, buffer.byteOffset, buffer.byteLength) : new Uint8Array(memory);
  } catch {
    throw refused("a buffer is detached");
  }
  return { bytes, length: bytes.length };
}

/** The bytes of a destination, if they are still what they were. */
function stillThere({ bytes, length }) {
  if (bytes.length !== length) throw refused("a buffer was detached or resized meanwhile");
  return bytes;
}

function refused(why) {
  return new InvalidArgumentError(`invalid argument: ${why}`);
}

module.exports = { destination, later, stillThere };
