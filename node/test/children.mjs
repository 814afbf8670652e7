// Programs of their own process: what may crash or hang must not take the tests along.

import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { once } from "node:events";

/** A guard against hanging only; no program takes long. */
const LIMIT = 60_000;

/** Runs the text of a module, which imports as the tests do, and gives how it ended. */
export async function run(program, { flags = [], parameters = [], env = {}, limit = LIMIT } = {}) {
  const child = spawn(process.execPath, [...flags, "--input-type=module", "-e", program, "--", ...parameters], {
    cwd: import.meta.dirname,
    env: { ...process.env, ...env },
    stdio: ["ignore", "pipe", "pipe"],
  });
  const said = { stdout: "", stderr: "" };
  for (const name of ["stdout", "stderr"]) child[name].setEncoding("utf8").on("data", (text) => (said[name] += text));
  const timer = setTimeout(() => child.kill("SIGKILL"), limit);
  const [code, signal] = await once(child, "close");
  clearTimeout(timer);
  return { code, signal, ...said };
}

/** Runs it and demands that it ends by itself with this exit code. */
export async function ends(program, { code = 0, ...options } = {}) {
  const ended = await run(program, options);
  assert.deepEqual(
    { code: ended.code, signal: ended.signal },
    { code, signal: null },
    `${ended.stdout}\n${ended.stderr}`,
  );
  return ended;
}

/** What programs begin with. */
export const PRELUDE = `
import assert from "node:assert/strict";
import { copyFileSync, mkdtempSync, readFileSync, readdirSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import { isMainThread, parentPort, Worker, workerData } from "node:worker_threads";
import * as pagecrypt from "libpagecrypt";
const { Aead, Key, PageCodec, PageReader, WalChain, WalHeader } = pagecrypt;
const { decryptFile, decryptFileSync, encryptFile, encryptFileSync, verifyFile, verifyFileSync } = pagecrypt;
`;
