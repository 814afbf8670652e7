import assert from "node:assert/strict";
import { createRequire } from "node:module";
import { join } from "node:path";
import { test } from "node:test";

import ts from "typescript";

import * as pagecrypt from "libpagecrypt";

import { OBJECTS } from "./surface.mjs";

const folder = join(import.meta.dirname, "types");
const consumers = ["consumer.mts", "consumer.cts"].map((name) => join(folder, name));

const STRICT = {
  strict: true,
  exactOptionalPropertyTypes: true,
  noUncheckedIndexedAccess: true,
  noImplicitOverride: true,
  noPropertyAccessFromIndexSignature: true,
  verbatimModuleSyntax: false,
  skipLibCheck: false,
  noEmit: true,
  types: ["node"],
  target: ts.ScriptTarget.ES2022,
  lib: ["lib.es2022.d.ts"],
};

const RESOLUTIONS = {
  node16: { module: ts.ModuleKind.Node16, moduleResolution: ts.ModuleResolutionKind.Node16 },
  nodenext: { module: ts.ModuleKind.NodeNext, moduleResolution: ts.ModuleResolutionKind.NodeNext },
  bundler: { module: ts.ModuleKind.Preserve, moduleResolution: ts.ModuleResolutionKind.Bundler },
};

const programOf = (files, options) => ts.createProgram(files, { ...STRICT, ...options });

/** What is wrong with our own files: with Node's types, others reckon. */
function diagnosticsOf(program) {
  const ours = program.getSourceFiles().filter(({ fileName }) => !fileName.includes("/node_modules/"));
  return [
    ...program.getOptionsDiagnostics(),
    ...ours.flatMap((file) => [...program.getSyntacticDiagnostics(file), ...program.getSemanticDiagnostics(file)]),
  ];
}

for (const [name, resolution] of Object.entries(RESOLUTIONS)) {
  test(`programs of both kinds of modules compile strictly (${name})`, () => {
    const said = diagnosticsOf(programOf(consumers, resolution));
    assert.equal(
      ts.formatDiagnostics(said, {
        getCanonicalFileName: (name) => name,
        getCurrentDirectory: () => folder,
        getNewLine: () => "\n",
      }),
      "",
    );
  });
}

test("the check notices what is wrong", () => {
  const wrong = join(folder, "wrong.mts");
  const host = ts.createCompilerHost(STRICT);
  const { readFile, fileExists, getSourceFile } = host;
  const text = 'import { Key } from "libpagecrypt";\nKey.generate(7);\n';
  host.fileExists = (name) => name === wrong || fileExists(name);
  host.readFile = (name) => (name === wrong ? text : readFile(name));
  host.getSourceFile = (name, ...more) =>
    name === wrong ? ts.createSourceFile(name, text, ts.ScriptTarget.ES2022) : getSourceFile(name, ...more);
  const said = diagnosticsOf(ts.createProgram([wrong], { ...STRICT, ...RESOLUTIONS.node16 }, host));
  assert.deepEqual(
    said.map(({ code }) => code),
    [2345],
  );
});

// What the types say: every export of both entries.
const entries = ["index.d.ts", "index.d.mts"].map((name) => join(import.meta.dirname, "..", name));
const program = programOf(entries, RESOLUTIONS.node16);
const checker = program.getTypeChecker();
const exportsOf = (path) => {
  const symbols = checker.getExportsOfModule(checker.getSymbolAtLocation(program.getSourceFile(path)));
  return new Map(
    symbols.map((symbol) => [
      symbol.name,
      symbol.flags & ts.SymbolFlags.Alias ? checker.getAliasedSymbol(symbol) : symbol,
    ]),
  );
};
const declared = exportsOf(entries[0]);
const isValue = (symbol) => (symbol.flags & ts.SymbolFlags.Value) !== 0;
const isClass = (symbol) => (symbol.flags & ts.SymbolFlags.Class) !== 0;

test("the types and the package export the same, for both kinds of modules", () => {
  const values = [...declared].filter(([, symbol]) => isValue(symbol)).map(([name]) => name);
  const named = Object.keys(pagecrypt).filter((name) => name !== "default");
  assert.deepEqual(values.sort(), named.sort());
  const required = createRequire(import.meta.url)("libpagecrypt");
  assert.deepEqual(Object.keys(required).sort(), named.sort());
  for (const name of named) assert.equal(required[name], pagecrypt[name], `${name} is the same in both`);
  const ofModules = [...exportsOf(entries[1]).keys()].filter((name) => name !== "default");
  assert.deepEqual(ofModules.sort(), [...declared.keys()].filter((name) => name !== "default").sort());
});

test("classes have the members that their types say", () => {
  for (const [name, symbol] of [...declared].filter(([, symbol]) => isClass(symbol))) {
    const Class = pagecrypt[name];
    const statics = [...(symbol.exports?.keys() ?? [])].filter((key) => key !== "prototype").map(String);
    const own = Object.getOwnPropertyNames(Class).filter((key) => !["length", "name", "prototype"].includes(key));
    if (!(Class.prototype instanceof Error)) assert.deepEqual(statics.sort(), own.sort(), `${name}, static`);
    if (Class.prototype instanceof Error) continue; // details are properties of the objects
    const members = [...(symbol.members?.keys() ?? [])].map(String).filter((key) => !key.startsWith("__"));
    const object = OBJECTS[name]();
    const there = [...Object.getOwnPropertyNames(Class.prototype), ...Object.keys(object)].filter(
      (key) => key !== "constructor",
    );
    assert.deepEqual(members.sort(), there.sort(), name);
  }
});

test("every export and every member is documented", () => {
  const missing = [];
  const check = (name, symbol) => {
    if (ts.displayPartsToString(symbol.getDocumentationComment(checker)).trim() === "") missing.push(name);
  };
  for (const [name, symbol] of declared) {
    check(name, symbol);
    const isOurs = (member) => member.declarations?.some((node) => entries.includes(node.getSourceFile().fileName));
    for (const table of [symbol.members, symbol.exports]) {
      for (const [key, member] of table ?? []) {
        if (isOurs(member) && !["__constructor", "prototype"].includes(key)) check(`${name}.${String(key)}`, member);
      }
    }
  }
  assert.deepEqual(
    missing.filter((name) => !name.includes("__@")),
    [],
  );
});

test("names in the types are those at run time", () => {
  const literals = (name) =>
    checker
      .getDeclaredTypeOfSymbol(declared.get(name))
      .types.filter((type) => type.isStringLiteral())
      .map((type) => type.value);
  const names = pagecrypt.ciphers().flatMap(({ name, hyphenatedName }) => [name, hyphenatedName]);
  const typed = literals("CipherName");
  for (const name of pagecrypt.ciphers().map((row) => row.name)) assert.ok(typed.includes(name), name);
  for (const name of typed) assert.ok(names.includes(name) || pagecrypt.cipher(name), name);
  const engines = literals("EngineName");
  for (const name of pagecrypt.engines()) assert.ok(engines.includes(name), name);
});
