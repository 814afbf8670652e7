"use strict";

// Conversions of whole files.

const native = require("./binding.cjs");
const { checkBoolean, checkMilliseconds, checkOptions, checkString } = require("./arguments.cjs");
const { InvalidArgumentError } = require("./errors.cjs");
const { nativeKey } = require("./key.cjs");
const { pathBytes } = require("./path.cjs");
const { work, workSync } = require("./work.cjs");

async function encryptFile(source, destination, key, options) {
  return convert("encrypt", source, destination, key, checkEncryption(options));
}

function encryptFileSync(source, destination, key, options) {
  return convertSync("encrypt", source, destination, key, checkEncryption(options));
}

async function decryptFile(source, destination, key, options) {
  const { compact = false, ...others } = checkOptions(options);
  return convert(checkBoolean(compact, "options.compact") ? "compact" : "decrypt", source, destination, key, others);
}

function decryptFileSync(source, destination, key, options) {
  const { compact = false, ...others } = checkOptions(options);
  return convertSync(
    checkBoolean(compact, "options.compact") ? "compact" : "decrypt",
    source,
    destination,
    key,
    others,
  );
}

function checkEncryption(options) {
  const { format = "turso", ...others } = checkOptions(options);
  checkString(format, "options.format");
  if (format !== "turso") throw new InvalidArgumentError("invalid argument: the format is not turso");
  return others;
}

async function convert(conversion, source, destination, key, options) {
  const parameters = check(conversion, source, destination, key, options);
  return Object.freeze(await work(options, (...more) => native.convertFileLater(...parameters, ...more)));
}

function convertSync(conversion, source, destination, key, options) {
  const parameters = check(conversion, source, destination, key, options);
  return Object.freeze(workSync(options, (listener) => native.convertFile(...parameters, listener)));
}

function check(conversion, source, destination, key, { force = false, wait }) {
  return [
    conversion,
    pathBytes(source, "source"),
    pathBytes(destination, "destination"),
    nativeKey(key, "key"),
    checkBoolean(force, "options.force"),
    checkMilliseconds(wait, "options.wait"),
  ];
}

module.exports = { decryptFile, decryptFileSync, encryptFile, encryptFileSync };
