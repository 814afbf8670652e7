// The command line as the package installs it.

import assert from "node:assert/strict";
import { spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import { readFileSync, readdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { setTimeout as pause } from "node:timers/promises";

import { Key, verifyFileSync, version } from "libpagecrypt";

import { writeLargePlain } from "./databases.mjs";
import { folderOf } from "./folders.mjs";
import { PLAIN, vectorPath } from "./vectors.mjs";

const command = join(import.meta.dirname, "../bin/pagecrypt.cjs");

function pagecrypt(cwd, ...parameters) {
  const options = { cwd, encoding: "utf8", timeout: 60_000, input: "" };
  const { status, signal, stdout, stderr } = spawnSync(process.execPath, [command, ...parameters], options);
  assert.equal(signal, null);
  return { status, stdout, stderr };
}

test("the command encrypts, verifies and decrypts", (t) => {
  const folder = folderOf(t);
  assert.deepEqual(pagecrypt(folder, "--version"), { status: 0, stdout: `pagecrypt ${version}\n`, stderr: "" });
  assert.equal(pagecrypt(folder, "keygen", "--out", "app.key").status, 0);
  assert.equal(pagecrypt(folder, "encrypt", vectorPath(PLAIN), "ä.enc.db", "--key-file", "app.key").status, 0);
  assert.ok(verifyFileSync(join(folder, "ä.enc.db"), Key.fromText(readFileSync(join(folder, "app.key")))).intact);
  const { status, stdout } = pagecrypt(folder, "verify", "ä.enc.db", "--key-file", "app.key", "--json");
  assert.equal(status, 0);
  assert.doesNotThrow(() => JSON.parse(stdout));
  assert.equal(pagecrypt(folder, "decrypt", "ä.enc.db", "app.db", "--key-file", "app.key").status, 0);
  assert.ok(readFileSync(join(folder, "app.db")).toString("latin1").startsWith("SQLite format 3"));
});

test("its exit codes are the command's, and errors are one line", (t) => {
  const folder = folderOf(t);
  pagecrypt(folder, "keygen", "--out", "one.key");
  pagecrypt(folder, "keygen", "--out", "other.key");
  pagecrypt(folder, "encrypt", vectorPath(PLAIN), "enc.db", "--key-file", "one.key");
  for (const [code, ...parameters] of [
    [0, "--help"],
    [1, "verify", "missing.db", "--key-file", "one.key"],
    [2, "no-such-command"],
    [2, "verify"],
    [3, "verify", "enc.db", "--key-file", "other.key"],
    [5, "verify", vectorPath(PLAIN), "--key-file", "one.key"],
  ]) {
    const { status, stderr } = pagecrypt(folder, ...parameters);
    assert.equal(status, code, `${parameters.join(" ")}: ${stderr}`);
    assert.doesNotMatch(stderr, /node:|panicked|\.cjs/);
  }
});

test("a pipe that is closed early is no crash", (t) => {
  const shell = spawnSync("sh", ["-c", `"$0" "$1" ciphers --json | true`, process.execPath, command], {
    encoding: "utf8",
    timeout: 60_000,
  });
  if (shell.error) return t.skip("no shell");
  assert.doesNotMatch(shell.stderr, /panicked|node:/);
});

test(
  "Ctrl-C stops it, and leaves nothing behind",
  { skip: process.platform === "win32" && "POSIX signals only" },
  async (t) => {
    for (const [signal, code] of [
      ["SIGINT", 130],
      ["SIGTERM", 143],
    ]) {
      const folder = folderOf(t);
      writeLargePlain(join(folder, "large.db"), 300);
      writeFileSync(join(folder, "app.key"), Key.generate().toText(), { mode: 0o600 });
      const before = readdirSync(folder).sort();
      const child = spawn(process.execPath, [command, "encrypt", "large.db", "enc.db", "--key-file", "app.key"], {
        cwd: folder,
        stdio: "ignore",
      });
      const ended = once(child, "exit");
      while (readdirSync(folder).length === before.length && child.exitCode === null) await pause(1); // its new file appears
      child.kill(signal);
      assert.deepEqual(await ended, [code, null]);
      assert.deepEqual(readdirSync(folder).sort(), before);
    }
  },
);
