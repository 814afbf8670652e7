"use strict";

/** Freezes an object of plain objects and arrays, all of them. */
function freezeDeeply(value) {
  if (value === null || typeof value !== "object" || Object.isFrozen(value)) return value;
  Object.values(value).forEach(freezeDeeply);
  return Object.freeze(value);
}

module.exports = { freezeDeeply };
