#!/usr/bin/env node
// Checks backups: every page and every frame of each, with progress, until Ctrl-C.
//
//   node check.mjs KEY_FILE BACKUP...

import { readFile } from "node:fs/promises";

import { Key, PagecryptError, verifyFile } from "libpagecrypt";

const [keyFile, ...backups] = process.argv.slice(2);
const key = Key.fromText(await readFile(keyFile));
const interrupted = new AbortController();
process.once("SIGINT", () => interrupted.abort());

for (const path of backups) {
  const progress = (done, total) => {
    if (process.stderr.isTTY) process.stderr.write(`\r${path}: ${Math.floor((100 * done) / Math.max(total, 1))} % `);
  };
  try {
    const report = await verifyFile(path, key, { progress, signal: interrupted.signal });
    if (process.stderr.isTTY) process.stderr.write("\r");
    console.log(`${path}: ${report.intact ? `${report.pages} pages, intact` : report.findings.join("; ")}`);
    if (!report.intact) process.exitCode = report.error.exitCode;
  } catch (error) {
    if (interrupted.signal.aborted) {
      process.exitCode = 130;
      break;
    }
    if (!(error instanceof PagecryptError)) throw error;
    console.log(`${path}: ${error.message}`);
    process.exitCode = error.exitCode;
  }
}
key.close();
