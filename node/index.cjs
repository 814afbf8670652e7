"use strict";

const native = require("./lib/binding.cjs");
const { fromNative: _fromNative, CODES: _codes, ...errors } = require("./lib/errors.cjs");

module.exports = {
  version: native.version(),
  ...require("./lib/aead.cjs"),
  ...require("./lib/cipher.cjs"),
  ...require("./lib/engine.cjs"),
  Key: require("./lib/key.cjs").Key,
  ...require("./lib/page.cjs"),
  ...errors,
};
