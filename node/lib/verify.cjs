"use strict";

// Checks of encrypted databases.

const native = require("./binding.cjs");
const { checkMilliseconds, checkOptions, checkThreads } = require("./arguments.cjs");
const { freezeDeeply } = require("./frozen.cjs");
const { fromFailure } = require("./errors.cjs");
const { nativeKey } = require("./key.cjs");
const { pathBytes } = require("./path.cjs");
const { work, workSync } = require("./work.cjs");

class VerifyReport {
  #error;

  constructor({ error, ...fields }) {
    const { intact, ...others } = freezeDeeply(fields);
    this.#error = error === null ? null : fromFailure(error);
    Object.assign(this, { intact, error: this.#error, ...others });
    Object.freeze(this);
  }

  requireIntact() {
    if (this.#error !== null) throw this.#error;
    return this;
  }
}

async function verifyFile(path, key, options) {
  const checked = checkOptions(options);
  const parameters = check(path, key, checked);
  return new VerifyReport(await work(checked, (...more) => native.verifyFileLater(...parameters, ...more)));
}

function verifyFileSync(path, key, options) {
  const checked = checkOptions(options);
  const parameters = check(path, key, checked);
  return new VerifyReport(workSync(checked, (listener) => native.verifyFile(...parameters, listener)));
}

function check(path, key, { threads, wait }) {
  return [
    pathBytes(path, "path"),
    nativeKey(key, "key"),
    checkThreads(threads, "options.threads"),
    checkMilliseconds(wait, "options.wait"),
  ];
}

module.exports = { verifyFile, verifyFileSync };
