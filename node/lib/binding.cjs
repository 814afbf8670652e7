"use strict";

// Loads the addon: the one that `node/develop` built beside this package, or the one of the package for this platform.

const { existsSync } = require("node:fs");
const { join } = require("node:path");

const { version } = require("../package.json");

const PLATFORMS = ["linux-x64-gnu", "linux-arm64-gnu"];

module.exports = load();

function load() {
  const { platform, arch } = process;
  const name = platform === "linux" ? `${platform}-${arch}-gnu` : `${platform}-${arch}`;
  const built = join(__dirname, "..", `libpagecrypt.${name}.node`);
  if (existsSync(built)) return require(built);
  if (!PLATFORMS.includes(name)) throw noBuildFor(name);
  const addonName = `libpagecrypt-${name}`;
  let addon;
  try {
    addon = require(addonName);
  } catch (cause) {
    if (isMusl()) throw noBuildFor(`${platform}-${arch}-musl`, cause);
    if (cause.code !== "MODULE_NOT_FOUND") throw failure(`${addonName} cannot be loaded: ${cause.message}`, cause);
    const why = "it is an optional dependency: install without --omit=optional, on the platform that runs the program";
    throw failure(`the package ${addonName} is not installed; ${why}`, cause);
  }
  const got = addon.version();
  if (got !== version) throw failure(`${addonName} is version ${got}, libpagecrypt ${version}: install them together`);
  return addon;
}

/** Whether this Node is linked with musl, the C library of Alpine Linux. */
function isMusl() {
  const { excludeNetwork } = process.report;
  process.report.excludeNetwork = true; // a report would look up the names of all connections
  try {
    return process.report.getReport().header.glibcVersionRuntime === undefined;
  } finally {
    process.report.excludeNetwork = excludeNetwork;
  }
}

function noBuildFor(platform, cause) {
  return failure(`there is no build for ${platform}; there are ${PLATFORMS.join(", ")}`, cause);
}

function failure(why, cause) {
  const error = new Error(`libpagecrypt: ${why}`, { cause });
  error.code = "ERR_DLOPEN_FAILED";
  return error;
}
