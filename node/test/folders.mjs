// Folders of a test's own, and what is in them.

import { copyFileSync, mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { sampleKey, sampleNamed, vectorPath } from "./vectors.mjs";

/** An empty folder that is gone after the test. */
export function folderOf(t) {
  const folder = mkdtempSync(join(tmpdir(), "pagecrypt-node-"));
  t.after(() => rmSync(folder, { recursive: true, force: true }));
  return folder;
}

/** The name of each file in a folder, and its bytes as text. */
export function contentOf(folder) {
  const names = readdirSync(folder).sort();
  return Object.fromEntries(names.map((name) => [name, readFileSync(join(folder, name)).toString("latin1")]));
}

/** A copy of a database that Turso wrote, its log beside it, in a folder of its own; and its key. */
export function copyOf(t, name = "aegis256-4096-small") {
  const sample = sampleNamed(name);
  const folder = folderOf(t);
  for (const file of sample.files) copyFileSync(vectorPath(`turso/${file}`), join(folder, file));
  return { sample, folder, path: join(folder, sample.file), key: sampleKey(sample) };
}
