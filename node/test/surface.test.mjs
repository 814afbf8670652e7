// The table of surface.mjs is what the package has, so that the tests over the table leave nothing out.

import assert from "node:assert/strict";
import { test } from "node:test";

import * as pagecrypt from "libpagecrypt";

import { OBJECTS, call, goodArguments, rows } from "./surface.mjs";

const isClass = (value) => typeof value === "function" && /^class\b/.test(Function.prototype.toString.call(value));

/** The functions and methods of the package, named as in the table. */
function exported() {
  const names = [];
  for (const [name, value] of Object.entries(pagecrypt)) {
    if (typeof value !== "function" || value.prototype instanceof Error) continue;
    if (!isClass(value)) {
      names.push(name);
      continue;
    }
    for (const key of Object.getOwnPropertyNames(value))
      if (typeof value[key] === "function") names.push(`${name}.${key}`);
    for (const [key, { value: method }] of Object.entries(Object.getOwnPropertyDescriptors(value.prototype))) {
      if (typeof method === "function" && key !== "constructor") names.push(`${name}#${key}`);
    }
  }
  return names;
}

test("the table has every function and method, and no other", () => {
  const inTable = rows.filter(({ isNew }) => !isNew).map(({ name }) => name);
  assert.deepEqual(
    inTable.filter((name) => !name.startsWith("VerifyReport")).sort(),
    exported()
      .filter((name) => !name.startsWith("VerifyReport"))
      .sort(),
  );
  for (const { owner } of rows) assert.ok(owner === undefined || owner in OBJECTS || owner in pagecrypt, owner);
});

test("every row works with its good arguments, and without what may be left out", async () => {
  for (const row of rows) {
    await call(row, goodArguments(row.parameters));
    const needed = row.parameters.filter(([, kind]) => !kind.endsWith("?"));
    await call(row, goodArguments(needed));
  }
});

test("every form ending in Sync has a promise beside it, and the other way round", () => {
  const names = new Set(exported());
  for (const name of names) if (name.endsWith("Sync")) assert.ok(names.has(name.slice(0, -4)), name);
  for (const row of rows) {
    const value = call(row, goodArguments(row.parameters));
    assert.equal(value instanceof Promise, row.givesPromise, row.name);
    if (row.givesPromise) {
      value.catch(() => {});
      assert.ok(names.has(`${row.name}Sync`));
    }
  }
});
