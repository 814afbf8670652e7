// The tarballs of node/package, installed with npm into an empty folder, where there is no compiler and no Rust.

import assert from "node:assert/strict";
import { execFileSync, spawnSync } from "node:child_process";
import {
  mkdirSync,
  mkdtempSync,
  readFileSync,
  readdirSync,
  realpathSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { homedir, tmpdir } from "node:os";
import { delimiter, dirname, join, relative } from "node:path";
import { after, before, test } from "node:test";

const node = join(import.meta.dirname, "../..");
const root = dirname(node);
const built = join(root, "target/npm");
const { name, version } = JSON.parse(readFileSync(join(node, "package.json"), "utf8"));
const platform = `${name}-linux-${process.arch}-gnu`;
const tarballs = {
  [name]: join(built, `${name}-${version}.tgz`),
  [platform]: join(built, `${platform}-${version}.tgz`),
};

let folder;
let path;

before(() => {
  folder = mkdtempSync(join(tmpdir(), "pagecrypt-install-"));
  // Node, npm and a shell; nothing that compiles.
  path = join(folder, "bin");
  mkdirSync(path);
  for (const tool of ["node", "npm", "npx", "sh", "env"])
    symlinkSync(realpathSync(commandPath(tool)), join(path, tool));
  writeFileSync(join(folder, "package.json"), '{ "private": true }\n');
  runIn(folder, "npm", ["install", "--offline", "--no-audit", "--no-fund", ...Object.values(tarballs)]);
});
after(() => rmSync(folder, { recursive: true, force: true }));

function commandPath(tool) {
  return execFileSync("sh", ["-c", `command -v ${tool}`], { encoding: "utf8" }).trim();
}

function attempt(cwd, command, parameters) {
  const env = { ...process.env, PATH: path, CARGO: "", CC: "false", NODE_PATH: "" };
  return spawnSync(command, parameters, { cwd, env, encoding: "utf8", timeout: 120_000 });
}

function runIn(cwd, command, parameters) {
  const { status, stdout, stderr, error } = attempt(cwd, command, parameters);
  assert.equal(status, 0, `${command} ${parameters.join(" ")}: ${error ?? ""}${stdout}${stderr}`);
  return stdout;
}

const PROGRAM = `
const key = Key.generate();
const codec = new PageCodec(key);
const pages = new Uint8Array(8192);
codec.sealPages(2, pages).then(() => codec.openPages(2, pages)).then(() => console.log(version, pages.every((byte) => byte === 0)));
`;

test("nothing was compiled, and both packages are there", () => {
  for (const tool of ["cargo", "rustc", "cc", "gcc", "make", "python3"]) assert.ok(!readdirSync(path).includes(tool));
  const packages = readdirSync(join(folder, "node_modules")).filter((name) => !name.startsWith("."));
  assert.deepEqual(packages.sort(), Object.keys(tarballs).sort());
});

test("programs of both kinds of modules run", () => {
  writeFileSync(join(folder, "program.mjs"), `import { Key, PageCodec, version } from "libpagecrypt";\n${PROGRAM}`);
  writeFileSync(
    join(folder, "program.cjs"),
    `const { Key, PageCodec, version } = require("libpagecrypt");\n${PROGRAM}`,
  );
  writeFileSync(
    join(folder, "both.mjs"),
    'import { Key } from "libpagecrypt"; import { createRequire } from "node:module";\nconsole.log(Key === createRequire(import.meta.url)("libpagecrypt").Key);\n',
  );
  assert.equal(runIn(folder, "node", ["program.mjs"]), `${version} true\n`);
  assert.equal(runIn(folder, "node", ["program.cjs"]), `${version} true\n`);
  assert.equal(runIn(folder, "node", ["both.mjs"]), "true\n");
});

test("the command runs, with its exit codes", () => {
  assert.match(
    runIn(folder, "npx", ["--no-install", "pagecrypt", "--version"]),
    new RegExp(`pagecrypt ${version.replaceAll(".", "\\.")}`),
  );
  const command = "node_modules/.bin/pagecrypt";
  assert.match(runIn(folder, command, ["ciphers"]), /aegis256x4/);
  runIn(folder, command, ["keygen", "--out", "app.key"]);
  assert.match(readFileSync(join(folder, "app.key"), "utf8"), /^\S{44}\n$/);
  assert.equal(attempt(folder, command, ["no-such-command"]).status, 2);
  assert.equal(attempt(folder, command, ["verify", "missing.db", "--key-file", "app.key"]).status, 1);
  const { stdout, status } = attempt(folder, command, ["verify", "missing.db", "--key-file", "app.key", "--json"]);
  assert.deepEqual([status, JSON.parse(stdout).error.code], [1, "io"]);
});

test("a platform without an addon says so in one clear error", () => {
  const other = mkdtempSync(join(tmpdir(), "pagecrypt-install-"));
  try {
    writeFileSync(join(other, "package.json"), '{ "private": true }\n');
    runIn(other, "npm", ["install", "--offline", "--no-audit", "--no-fund", "--omit=optional", tarballs[name]]);
    for (const program of [
      ["-e", 'require("libpagecrypt")'],
      ["--input-type=module", "-e", 'import "libpagecrypt"'],
    ]) {
      const { status, stderr } = attempt(other, "node", program);
      assert.equal(status, 1);
      assert.match(stderr, new RegExp(`Error: .*${process.arch}.*`));
      assert.ok(stderr.includes(platform), stderr);
    }
    // It can be caught, and is the same again.
    const twice =
      'for (const i of [1, 2]) try { require("libpagecrypt") } catch ({ message, code }) { console.log(code, message) }';
    const [first, second, ...more] = runIn(other, "node", ["-e", twice]).trim().split("\n");
    assert.equal(first, second);
    assert.deepEqual(more, []);
  } finally {
    rmSync(other, { recursive: true, force: true });
  }
});

function* filesOf(folder) {
  for (const entry of readdirSync(folder, { withFileTypes: true })) {
    const path = join(folder, entry.name);
    if (entry.isDirectory()) yield* filesOf(path);
    else yield path;
  }
}

const installed = (name) => join(folder, "node_modules", name);
const listOf = (name) => [...filesOf(installed(name))].map((path) => relative(installed(name), path)).sort();

test("the packages hold what they need, with their licences, and nothing else", () => {
  const allowed =
    /^(package\.json|README\.md|LICENSE-(MIT|APACHE)|index\.(cjs|mjs|d\.ts|d\.mts)|lib\/\w+\.cjs|bin\/\w+\.cjs)$/;
  const main = listOf(name);
  assert.deepEqual(
    main.filter((file) => !allowed.test(file)),
    [],
  );
  for (const file of [
    "LICENSE-MIT",
    "LICENSE-APACHE",
    "README.md",
    "index.d.ts",
    "index.mjs",
    "index.cjs",
    "bin/pagecrypt.cjs",
  ])
    assert.ok(main.includes(file), file);
  const addon = listOf(platform);
  assert.equal(addon.filter((file) => file.endsWith(".node")).length, 1);
  assert.deepEqual(
    addon.filter((file) => !/^(package\.json|README\.md|LICENSE.*|THIRD-PARTY.*|\S+\.node)$/.test(file)),
    [],
  );
  for (const file of ["LICENSE-MIT", "LICENSE-APACHE"]) assert.ok(addon.includes(file), file);
  for (const [which, most] of [
    [name, 300_000],
    [platform, 12_000_000],
  ]) {
    const bytes = [...filesOf(installed(which))].reduce((sum, path) => sum + statSync(path).size, 0);
    assert.ok(bytes < most, `${which} has ${bytes} bytes`);
  }
  const { os, cpu, libc, version: its } = JSON.parse(readFileSync(join(installed(platform), "package.json"), "utf8"));
  assert.deepEqual([os, cpu, libc, its], [["linux"], [process.arch], ["glibc"], version]);
  const {
    optionalDependencies,
    scripts = {},
    devDependencies,
  } = JSON.parse(readFileSync(join(installed(name), "package.json"), "utf8"));
  assert.equal(optionalDependencies[platform], version);
  assert.deepEqual(
    Object.keys(scripts).filter((script) => /install/.test(script)),
    [],
    "nothing runs when it is installed",
  );
  assert.ok(devDependencies === undefined || Object.values(devDependencies).every((version) => /^\d/.test(version)));
});

test("nothing in them names the machine that built them", () => {
  const places = [root, homedir(), process.env.CARGO_HOME, process.env.RUSTUP_HOME].filter(
    (place) => place !== undefined && place.length > 1,
  );
  for (const name of Object.keys(tarballs)) {
    for (const path of filesOf(installed(name))) {
      const content = readFileSync(path);
      for (const place of places) {
        const at = content.indexOf(`${place}/`);
        assert.equal(at, -1, `${relative(folder, path)}: ${content.toString("latin1", at, at + 100)}`);
      }
    }
  }
});

test("the addon needs nothing but the system's C library, and no newer one than it says", (t) => {
  const [file] = [...filesOf(installed(platform))].filter((path) => path.endsWith(".node"));
  const { status, stdout } = spawnSync("readelf", ["-d", "-V", file], { encoding: "utf8" });
  if (status !== 0) return t.skip("no readelf");
  const needed = [...stdout.matchAll(/\(NEEDED\).*\[(.*)\]/g)].map(([, library]) => library);
  assert.deepEqual(
    needed.filter((library) => !/^(libc|libm|libdl|libpthread|libgcc_s|ld-linux.*)\.so/.test(library)),
    [],
  );
  const newest = Math.max(...[...stdout.matchAll(/GLIBC_2\.(\d+)/g)].map(([, minor]) => Number(minor)));
  assert.ok(newest <= 34, `it needs glibc 2.${newest}`);
});

test("types and entries are found by every kind of resolution", () => {
  const tool = (name) => join(node, "node_modules/.bin", name);
  const attw = spawnSync(tool("attw"), [tarballs[name], "--format", "json"], { encoding: "utf8" });
  assert.deepEqual(JSON.parse(attw.stdout).problems ?? {}, {}, attw.stdout + attw.stderr);
  const publint = spawnSync(tool("publint"), ["run", installed(name), "--strict", "--pack", "false"], {
    encoding: "utf8",
  });
  assert.equal(publint.status, 0, publint.stdout + publint.stderr);
});
