"use strict";

const native = require("./binding.cjs");

/** The engines that this CPU runs, the best last. */
function engines() {
  return Object.freeze(native.engines());
}

module.exports = { engines };
