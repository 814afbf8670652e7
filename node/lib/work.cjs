"use strict";

// Work on whole files: progress, and all that stops it.

const native = require("./binding.cjs");
const { checkFunction, checkSignal } = require("./arguments.cjs");
const { CancelledError, fromNative } = require("./errors.cjs");

/** What is running on the thread pool: the process waits for it when it exits, so it has to stop then. */
const running = new Set();

function stopAll() {
  for (const control of running) native.controlStop(control);
}

/**
 * Starts work on the thread pool by `start(control, listener, listens)`, and gives what its promise gives. It rejects with
 * the signal's reason once the work has ended, which it soon does; with what `progress` threw; or with a CancelledError.
 */
async function work({ progress, signal }, start) {
  checkSignal(signal);
  const listener = new Listener(progress);
  if (signal?.aborted) throw signal.reason;
  const control = native.controlNew();
  let onAbort;
  const never = new Promise((_, reject) => {
    onAbort = () => {
      if (native.controlStop(control)) reject(signal.reason); // it has not begun, and never will
    };
    signal?.addEventListener("abort", onAbort, { once: true });
  });
  if (running.size === 0) process.on("exit", stopAll);
  running.add(control);
  try {
    return await Promise.race([start(control, (done, total) => listener.tell(done, total), listener.listens), never]);
  } catch (error) {
    const stopped = error?.failure?.code === "cancelled";
    if (stopped && signal?.aborted && !listener.stopped) throw signal.reason;
    throw listener.reasonFor(error);
  } finally {
    listener.end();
    signal?.removeEventListener("abort", onAbort);
    running.delete(control);
    if (running.size === 0) process.off("exit", stopAll);
  }
}

/** Runs work on this thread by `start(listener)`. */
function workSync({ progress }, start) {
  const listener = new Listener(progress);
  try {
    return start(listener.listens ? (done, total) => listener.tell(done, total) : undefined);
  } catch (error) {
    throw listener.reasonFor(error);
  }
}

/** Calls the caller's progress function, and remembers what came of it. */
class Listener {
  #progress;
  #ended = false;
  #thrown = [];
  stopped = false;

  constructor(progress) {
    this.#progress = progress === undefined ? undefined : checkFunction(progress, "options.progress");
  }

  get listens() {
    return this.#progress !== undefined;
  }

  /** Whether to go on. */
  tell(done, total) {
    if (this.stopped) return false;
    if (this.#progress === undefined || this.#ended) return true;
    try {
      this.stopped = this.#progress(done, total) === false;
    } catch (error) {
      this.stopped = true;
      this.#thrown = [error];
    }
    return !this.stopped;
  }

  end() {
    this.#ended = true;
  }

  /** The error of work that failed by `error`. */
  reasonFor(error) {
    return this.#thrown.length > 0 ? this.#thrown[0] : fromNative(error);
  }
}

module.exports = { work, workSync };
