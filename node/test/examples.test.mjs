import assert from "node:assert/strict";
import { spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";

import { decryptFileSync } from "libpagecrypt";

import { writeLargeEncrypted } from "./databases.mjs";
import { copyOf, folderOf } from "./folders.mjs";
import { PLAIN, vectorPath } from "./vectors.mjs";

const example = (name) => join(import.meta.dirname, "../examples", name);

function start(t, name, parameters, env = {}) {
  const child = spawn(process.execPath, [example(name), ...parameters], { env: { ...process.env, ...env } });
  t.after(() => child.kill("SIGKILL"));
  const said = { stdout: "", stderr: "" };
  for (const stream of ["stdout", "stderr"])
    child[stream].setEncoding("utf8").on("data", (text) => (said[stream] += text));
  return { child, said, ended: once(child, "close").then(([code, signal]) => ({ code, signal, ...said })) };
}

test("the server sends the decrypted database, or a part of it", async (t) => {
  const { path, folder, key } = copyOf(t, "aegis256-4096-walmixed");
  decryptFileSync(path, join(folder, "plain"), key);
  const expected = readFileSync(join(folder, "plain"));
  const { child, ended } = start(t, "serve.mjs", [path, "0"], { APP_KEY: key.toText() });
  const [line] = await once(child.stdout, "data");
  const url = line.trim();
  const get = async (headers) => {
    const response = await fetch(url, { headers });
    return {
      status: response.status,
      range: response.headers.get("content-range"),
      body: Buffer.from(await response.arrayBuffer()),
    };
  };
  assert.deepEqual(await get({}), { status: 200, range: null, body: expected });
  assert.deepEqual(await get({ Range: "bytes=0-99" }), {
    status: 206,
    range: `bytes 0-99/${expected.length}`,
    body: expected.subarray(0, 100),
  });
  assert.deepEqual(await get({ Range: "bytes=90000-" }), {
    status: 206,
    range: `bytes 90000-${expected.length - 1}/${expected.length}`,
    body: expected.subarray(90000),
  });
  assert.equal((await get({ Range: "nonsense" })).status, 200);
  const all = await Promise.all(Array.from({ length: 20 }, () => get({})));
  assert.ok(all.every(({ body }) => body.equals(expected)));

  const content = readFileSync(path);
  content[2 * 4096 + 7] ^= 1; // a page that the log does not replace
  content[3 * 4096 + 7] ^= 1;
  content[9 * 4096 + 7] ^= 1;
  writeFileSync(path, content);
  const damaged = await get({}).then(
    ({ body }) => body.length < expected.length,
    () => true,
  );
  assert.ok(damaged, "a damaged database was sent whole");
  child.kill("SIGINT");
  assert.deepEqual(await ended.then(({ code, signal }) => ({ code, signal })), { code: 0, signal: null });
});

test("backups are checked, and what is wrong with them is told", async (t) => {
  const { path, folder, key } = copyOf(t);
  const keyFile = join(folder, "key");
  writeFileSync(keyFile, key.toText());
  const intact = await start(t, "check.mjs", [keyFile, path]).ended;
  assert.deepEqual(intact, { code: 0, signal: null, stdout: `${path}: 30 pages, intact\n`, stderr: "" });
  const content = readFileSync(path);
  content[4 * 4096] ^= 1;
  const damagedPath = join(folder, "damaged");
  writeFileSync(damagedPath, content);
  const damaged = await start(t, "check.mjs", [keyFile, path, damagedPath]).ended;
  assert.equal(damaged.code, 4);
  assert.match(damaged.stdout, /30 pages, intact\n.*damaged: .*page 5/s);
  const plain = await start(t, "check.mjs", [keyFile, vectorPath(PLAIN)]).ended;
  assert.deepEqual([plain.code, plain.stdout], [5, `${vectorPath(PLAIN)}: not encrypted\n`]);
});

test("Ctrl-C stops the check", { skip: process.platform === "win32" && "POSIX signals only" }, async (t) => {
  const folder = folderOf(t);
  const paths = Array.from({ length: 50 }, () => join(folder, "large"));
  const { key } = writeLargeEncrypted(paths[0], 64 * 256);
  writeFileSync(join(folder, "key"), key.toText());
  const { child, ended } = start(t, "check.mjs", [join(folder, "key"), ...paths]);
  await once(child.stdout, "data"); // it is at the second one
  child.kill("SIGINT");
  const { code, signal, stdout } = await ended;
  assert.deepEqual([code, signal], [130, null]);
  assert.ok(stdout.split("\n").length < 50);
});

test("the lines of a log are sealed, and opened where none was changed", (t) => {
  const folder = folderOf(t);
  const keyFile = join(folder, "key");
  writeFileSync(keyFile, "00".repeat(32));
  const run = (mode, input) => spawnSync(process.execPath, [example("lines.mjs"), mode, keyFile], { input });
  const log = Buffer.from(Array.from({ length: 500 }, (_, i) => `line ${i}\n`).join(""));
  const { stdout: records, status } = run("seal", log);
  assert.equal(status, 0);
  assert.ok(!records.includes("line"));
  const opened = run("open", records);
  assert.deepEqual([opened.status, opened.stdout.toString()], [0, log.toString()]);
  records[records.length - 1] ^= 1;
  const damaged = run("open", records);
  assert.deepEqual([damaged.status, damaged.stderr.toString()], [4, "authentication failed: message 499\n"]);
});
