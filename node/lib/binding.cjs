"use strict";

// Loads the addon: the one that `node/develop` built beside this package, or the one of the package for this platform.

const { existsSync } = require("node:fs");
const { join } = require("node:path");

const { version } = require("../package.json");

const PLATFORMS = ["linux-x64-gnu", "linux-arm64-gnu"];

module.exports = load();

function load() {
  const platform = platformName();
  const built = join(__dirname, "..", `libpagecrypt.${platform}.node`);
  if (existsSync(built)) return require(built);
  if (!PLATFORMS.includes(platform)) {
    throw failure(`there is no build for ${platform}; there are ${PLATFORMS.join(", ")}`);
  }
  const name = `libpagecrypt-${platform}`;
  let addon;
  try {
    addon = require(name);
  } catch (cause) {
    if (cause.code !== "MODULE_NOT_FOUND") throw failure(`${name} cannot be loaded: ${cause.message}`, cause);
    const why = "it is an optional dependency: install without --omit=optional, on the platform that runs the program";
    throw failure(`the package ${name} is not installed; ${why}`, cause);
  }
  const got = addon.version();
  if (got !== version) throw failure(`${name} is version ${got}, libpagecrypt ${version}: install them together`);
  return addon;
}

function platformName() {
  const { platform, arch } = process;
  return platform === "linux" ? `${platform}-${arch}-${isMusl() ? "musl" : "gnu"}` : `${platform}-${arch}`;
}

/** Whether this Node is linked with musl, the C library of Alpine Linux. */
function isMusl() {
  const excludesNetwork = process.report.excludeNetwork;
  process.report.excludeNetwork = true; // a report would look up the names of all connections
  try {
    return process.report.getReport().header.glibcVersionRuntime === undefined;
  } finally {
    process.report.excludeNetwork = excludesNetwork;
  }
}

function failure(why, cause) {
  const error = new Error(`libpagecrypt: ${why}`, { cause });
  error.code = "ERR_DLOPEN_FAILED";
  return error;
}
