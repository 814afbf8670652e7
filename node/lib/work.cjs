"use strict";

// Work on whole files: progress, and all that stops it.

const native = require("./binding.cjs");
const { checkFunction, checkSignal } = require("./arguments.cjs");
const { attempt, fromFailure, fromNative } = require("./errors.cjs");

/** What runs on threads of its own. */
const running = new Set();

/** The process would end in the middle of their work, and leave half a file behind. */
function stopAll() {
  for (const control of running) native.controlStop(control);
  for (const control of running) native.controlWait(control);
}

/**
 * Starts work on a thread of its own by `start(control, listener, done)`, and gives what it gives. It rejects, always after
 * the work has ended, with what `progress` threw, with the signal's reason, or with an error of the work.
 */
async function work({ progress, signal }, start) {
  checkSignal(signal);
  const listener = new Listener(progress);
  if (signal?.aborted) throw signal.reason;
  const control = native.controlNew();
  const stop = () => native.controlStop(control);
  if (running.size === 0) process.on("exit", stopAll);
  running.add(control);
  signal?.addEventListener("abort", stop, { once: true });
  try {
    const { failure, result } = await new Promise((resolve) => {
      attempt(() => start(control, listener.function, (failure, result) => resolve({ failure, result })));
    });
    if (failure == null) return result;
    throw listener.errorOf(failure, signal); // made here, so that its stack leads to the caller
  } finally {
    signal?.removeEventListener("abort", stop);
    running.delete(control);
    if (running.size === 0) process.off("exit", stopAll);
    native.controlEnd(control);
  }
}

/** Runs work on this thread by `start(listener)`. */
function workSync({ progress }, start) {
  const listener = new Listener(progress);
  try {
    return start(listener.function);
  } catch (error) {
    throw error?.failure === undefined ? fromNative(error) : listener.errorOf(error.failure);
  }
}

/** The caller's progress function, and what came of it. */
class Listener {
  #stopped = false;
  #thrown = [];

  constructor(progress) {
    if (progress === undefined) return;
    checkFunction(progress, "options.progress");
    /** Tells the caller, and gives whether to go on. */
    this.function = (done, total) => {
      if (this.#stopped) return false;
      try {
        this.#stopped = progress(done, total) === false;
      } catch (error) {
        this.#stopped = true;
        this.#thrown = [error];
      }
      return !this.#stopped;
    };
  }

  /** The error for work that failed so. */
  errorOf(failure, signal) {
    if (this.#thrown.length > 0) return this.#thrown[0];
    if (failure.code === "cancelled" && signal?.aborted && !this.#stopped) return signal.reason;
    return fromFailure(failure);
  }
}

module.exports = { work, workSync };
