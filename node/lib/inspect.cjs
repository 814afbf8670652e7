"use strict";

// What can be seen of a file without a key.

const native = require("./binding.cjs");
const { attempt, fromNative } = require("./errors.cjs");
const { freezeDeeply } = require("./frozen.cjs");
const { pathBytes } = require("./path.cjs");
const { WalHeader } = require("./wal.cjs");

async function inspectFile(path) {
  const bytes = pathBytes(path, "path");
  try {
    return inspectionOf(await native.inspectFileLater(bytes));
  } catch (error) {
    throw fromNative(error);
  }
}

function inspectFileSync(path) {
  const bytes = pathBytes(path, "path");
  return inspectionOf(attempt(() => native.inspectFile(bytes)));
}

function inspectionOf(inspection) {
  const { log } = inspection;
  if (log !== null && log.header !== null) log.header = new WalHeader(log.header);
  return freezeDeeply(inspection);
}

module.exports = { inspectFile, inspectFileSync };
