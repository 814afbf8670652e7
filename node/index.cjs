"use strict";

const native = require("./lib/binding.cjs");
const { classes, codes } = require("./lib/errors.cjs");
const { nativeRecordCodec, ...records } = require("./lib/record.cjs");
const { WAL_FRAME_HEADER_LENGTH, WAL_HEADER_LENGTH, WalChain, WalFrameHeader, WalHeader } = require("./lib/wal.cjs");

module.exports = {
  version: native.version(),
  ...require("./lib/cipher.cjs"),
  ...require("./lib/engine.cjs"),
  Key: require("./lib/key.cjs").Key,
  ...require("./lib/aead.cjs"),
  ...require("./lib/page.cjs"),
  ...records,
  ...require("./lib/store.cjs"),
  ...require("./lib/s2.cjs"),
  WAL_FRAME_HEADER_LENGTH,
  WAL_HEADER_LENGTH,
  WalChain,
  WalFrameHeader,
  WalHeader,
  ...require("./lib/file.cjs"),
  ...require("./lib/inspect.cjs"),
  ...require("./lib/verify.cjs"),
  ...require("./lib/reader.cjs"),
  codes,
  ...classes,
};
