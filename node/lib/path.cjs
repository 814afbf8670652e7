"use strict";

// Paths, as Node's own functions take them: text, bytes, or a URL of a file.

const { fileURLToPath } = require("node:url");

const { invalidType, invalidValue } = require("./arguments.cjs");

/** The bytes of a path. */
function pathBytes(path, name) {
  if (path instanceof URL) path = fileURLToPath(path);
  const bytes = typeof path === "string" ? Buffer.from(path) : path;
  if (!(bytes instanceof Uint8Array)) throw invalidType(name, "of type string or an instance of Buffer or URL", path);
  if (bytes.includes(0)) throw invalidValue(name, "a path without null bytes");
  return bytes;
}

module.exports = { pathBytes };
