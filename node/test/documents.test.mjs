// The programs of docs/node.md and of the package's page are run, and print what is said.

import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import {
  copyFileSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";

import { ENCRYPTED, PLAIN, sampleNamed, vectorPath } from "./vectors.mjs";

const root = join(import.meta.dirname, "../..");
const BLOCK = /^```(\w+)\n(.*?)^```\n/gms;
const PRINTS = /^\nprints[^\n]*\n\n```text\n(.*?)^```\n/ms;

/** The programs of a document, each with what it is said to print. */
function programsOf(path) {
  const text = readFileSync(join(root, path), "utf8");
  return [...text.matchAll(BLOCK)]
    .filter(([, language]) => language === "js" || language === "cjs" || language === "ts")
    .map(({ 0: block, 1: language, 2: program, index }) => {
      const rest = text.slice(index + block.length);
      const said = PRINTS.exec(rest);
      return {
        language,
        program,
        prints: said?.index === 0 ? said[1] : undefined,
        line: text.slice(0, index).split("\n").length,
      };
    });
}

/** Runs it in a folder with `app.db`, a plain database, and `app.enc.db`, an encrypted one whose key is in APP_KEY. */
function runProgram({ language, program }) {
  const folder = mkdtempSync(join(tmpdir(), "pagecrypt-node-"));
  try {
    mkdirSync(join(folder, "node_modules"));
    symlinkSync(join(root, "node"), join(folder, "node_modules/libpagecrypt"));
    copyFileSync(vectorPath(PLAIN), join(folder, "app.db"));
    copyFileSync(vectorPath(ENCRYPTED), join(folder, "app.enc.db"));
    const file = join(folder, language === "cjs" ? "program.cjs" : "program.mjs");
    writeFileSync(file, program);
    const key = sampleNamed("aegis256-4096-small").hexkey;
    const { status, stdout, stderr } = spawnSync(process.execPath, [file, vectorPath(PLAIN), vectorPath(ENCRYPTED)], {
      cwd: folder,
      env: { ...process.env, APP_KEY: key, NO_COLOR: "1" },
      encoding: "utf8",
      timeout: 60_000,
    });
    assert.equal(status, 0, stderr);
    return stdout;
  } finally {
    rmSync(folder, { recursive: true });
  }
}

for (const [document, least] of [
  ["docs/node.md", 10],
  ["node/README.md", 1],
  ["README.md", 1],
]) {
  test(`the programs of ${document} run and print what is said`, async (t) => {
    const programs = programsOf(document);
    assert.ok(programs.length >= least, `${programs.length} programs`);
    for (const program of programs) {
      await t.test(`line ${program.line}`, () => {
        const printed = runProgram(program);
        if (document.startsWith("docs/")) assert.ok(program.prints !== undefined, "nothing is said of what it prints");
        if (program.prints !== undefined) assert.equal(printed, program.prints);
      });
    }
  });
}

test("the page names the version, the files and the functions that there are", async () => {
  const text = readFileSync(join(root, "docs/node.md"), "utf8");
  const { version } = JSON.parse(readFileSync(join(root, "node/package.json"), "utf8"));
  const versions = [...text.matchAll(/(\d+\.\d+\.\d+)\.tgz/g)].map(([, version]) => version);
  assert.deepEqual([...new Set(versions)], [version]);
  for (const [, path] of text.matchAll(/\]\((?!https?:)([^)#]+)/g))
    assert.ok(existsSync(join(root, "docs", path)), path);
  const pagecrypt = await import("libpagecrypt");
  const names = new Set(
    Object.entries(pagecrypt).flatMap(([name, value]) => [
      name,
      ...Object.getOwnPropertyNames(value ?? {}),
      ...Object.getOwnPropertyNames(value?.prototype ?? {}),
    ]),
  );
  for (const [, name] of text.matchAll(/`(?:\w+\.)?((?:seal|open|read|encrypt|decrypt|verify|check|create)[A-Z]\w*)/g))
    assert.ok(names.has(name), name);
});
