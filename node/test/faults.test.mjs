// Wrong arguments, receivers and times for every function and method: an exception each time, of the right kind.

import assert from "node:assert/strict";
import { test } from "node:test";
import { inspect } from "node:util";

import * as pagecrypt from "libpagecrypt";
import { ClosedError, PagecryptError } from "libpagecrypt";

import { OBJECTS, OPEN_TO_CLOSED, call, goodArguments, rows } from "./surface.mjs";

const anything = [
  null,
  true,
  false,
  7,
  7n,
  "text",
  Symbol("a symbol"),
  () => {},
  {},
  [],
  new Date(0),
  /x/,
  new Proxy({}, {}),
  Object.create(null),
  NaN,
];
const without = (...types) => anything.filter((value) => !types.some((type) => type(value)));
const is = (type) => (value) => typeof value === type;
const isObject = (value) => typeof value === "object" && value !== null;

const shared = () => new Uint8Array(new SharedArrayBuffer(64));
const detached = () => {
  const bytes = new Uint8Array(64);
  structuredClone(bytes.buffer, { transfer: [bytes.buffer] });
  return bytes;
};

const NUMBERS = [NaN, Infinity, -Infinity, -1, 0.5, 1.5, 2 ** 53, 1e308, -(2 ** 31), -0.1];

// Of each kind: values of the wrong type, and values of the right type that are not right.
const KINDS = {
  bytes: { types: anything, values: [shared(), detached()] },
  textOrBytes: { types: without(is("string")), values: ["", "text", "\0".repeat(64), shared(), detached()] },
  text: { types: without(is("string")), values: ["", "no such thing", "\0", "x".repeat(100_000), "\ud800"] },
  cipher: { types: without(is("string"), is("number")), values: ["", "no such thing", 0, 10, 256 + 3, ...NUMBERS] },
  integer: { types: without(is("number"), is("bigint")), values: [...NUMBERS, -1n, 2n ** 70n, 2n ** 53n] },
  count: { types: without(is("number"), is("bigint")), values: [0, ...NUMBERS] },
  milliseconds: { types: without(is("number"), is("bigint")), values: [NaN, -1, -Infinity] },
  boolean: { types: without(is("boolean")), values: [] },
  function: { types: without(is("function")), values: [] },
  path: {
    types: without(is("string")),
    values: ["", "a\0b", Buffer.from("a\0b"), new URL("https://example.org/"), new URL("file:///a%00b")],
  },
  key: { types: anything, values: [] },
  chain: { types: anything, values: [] },
  header: { types: anything, values: [shared(), detached(), new Uint8Array(3)] },
  tokenKey: { types: anything, values: [] },
  context: {
    types: anything,
    values: [
      { kind: "table", id: Buffer.alloc(32) },
      { kind: "stream", id: Buffer.alloc(31) },
      { kind: "store", id: Buffer.alloc(32) },
      { kind: "writer", id: Buffer.alloc(32), writer: Buffer.alloc(15) },
      { kind: "stream", id: shared() },
      { kind: "stream", id: detached() },
    ],
  },
  storePath: { types: without(is("string")), values: [shared(), detached()] },
  entry: {
    types: anything,
    values: [
      { path: "x".repeat(65536), type: "", schema: "", body: Buffer.from("") },
      { path: "", type: "", schema: "", body: shared() },
      { path: "", type: "", schema: "", body: Buffer.from(""), clock: -1 },
      { path: "", type: "", schema: "", body: Buffer.from(""), clock: "now" },
    ],
  },
  entries: { types: without(Array.isArray), values: [[null], [7], ["text"], [{}], [undefined], Array(3)] },
  long: { types: without(is("number"), is("bigint")), values: [...NUMBERS, -1n, 2n ** 64n] },
  longs: { types: without(Array.isArray), values: [[], [1, 2], [null], ["1"], [-1], [2n ** 64n], [NaN]] },
  word: { types: without(is("number")), values: NUMBERS },
  signal: { types: anything, values: [] },
  list: {
    types: without(Array.isArray),
    values: [[null], [7], ["text"], [[]], [undefined], [shared()], [detached()], Array(3)],
  },
  pair: {
    types: without(Array.isArray),
    values: [[], [1], [1, 2, 3], [1, null], ["1", "2"], [-1, 0], [0, 2 ** 32], [0.5, 1], [NaN, 1]],
  },
  options: { types: without(isObject), values: [] },
};

const optional = ([, kind]) => kind.endsWith("?");
const kindOf = ([, kind]) => KINDS[kind.replace("?", "")];

/** What a call comes to: the exception, or the value. A promise-returning function must not throw at once. */
async function outcome(row, parameters, object) {
  let value;
  try {
    value = call(row, parameters, object);
  } catch (error) {
    assert.ok(!row.givesPromise, `${row.name} throws at once: ${inspect(error)}`);
    return { error };
  }
  assert.equal(value instanceof Promise, row.givesPromise, row.name);
  try {
    return { value: await value };
  } catch (error) {
    return { error };
  }
}

/** Calls with one argument, or one field of the options, in another way. */
function* replacements({ parameters }) {
  for (const [i, parameter] of parameters.entries()) {
    const replace = (value) => goodArguments(parameters).map((good, j) => (j === i ? value : good));
    yield { parameter, path: parameter[0], replace };
    if (!parameter[1].startsWith("options")) continue;
    for (const field of parameter[2]) {
      const replaceField = (value) =>
        goodArguments(parameters).map((good, j) => (j === i ? { ...good, [field[0]]: value } : good));
      yield { parameter: field, path: field[0], replace: replaceField };
    }
  }
}

for (const row of rows.filter(({ parameters }) => parameters.length > 0)) {
  test(`${row.name} refuses arguments of other types by name`, async () => {
    for (const { parameter, path, replace } of replacements(row)) {
      const wrong = kindOf(parameter).types;
      for (const value of optional(parameter) ? wrong : [undefined, ...wrong]) {
        const { error } = await outcome(row, replace(value));
        const what = `${path} = ${typeof value === "symbol" ? "a symbol" : inspect(value)}: ${inspect(error)}`;
        assert.ok(error instanceof TypeError && error.code === "ERR_INVALID_ARG_TYPE", what);
        assert.ok(error.message.includes(path), what);
      }
    }
  });

  test(`${row.name} refuses wrong values by typed errors`, async () => {
    for (const { parameter, path, replace } of replacements(row)) {
      for (const value of kindOf(parameter).values) {
        const { error, value: given } = await outcome(row, replace(value));
        if (error === undefined) {
          // A number may be so large that it only means "all there is".
          assert.ok(
            typeof value === "number" || typeof value === "bigint",
            `${path} = ${inspect(value)} gave ${inspect(given)}`,
          );
          assert.ok(
            value >= 0 && /^(length|end|offset|threads)$/.test(path),
            `${path} = ${inspect(value)} gave ${inspect(given)}`,
          );
          continue;
        }
        const isTyped = error instanceof PagecryptError || /^ERR_(OUT_OF_RANGE|INVALID_)/.test(error.code);
        assert.ok(isTyped && error.code !== "internal", `${path} = ${inspect(value)}: ${inspect(error)}`);
      }
    }
  });
}

test("arguments that are missing are refused, and more than there are do not matter", async () => {
  for (const row of rows) {
    const needed = row.parameters.filter((parameter) => !optional(parameter)).length;
    for (let count = 0; count < needed; count++) {
      const { error } = await outcome(row, goodArguments(row.parameters).slice(0, count));
      assert.ok(
        error instanceof TypeError && error.code === "ERR_INVALID_ARG_TYPE",
        `${row.name} with ${count}: ${inspect(error)}`,
      );
    }
  }
});

test("methods refuse other receivers", async () => {
  const methods = rows.filter(({ owner, isStatic, isNew }) => owner !== undefined && !isStatic && !isNew);
  // These two are plain data.
  for (const row of methods.filter(({ owner }) => owner !== "WalHeader" && owner !== "VerifyReport")) {
    if (row.method === "toJSON") continue; // it is what toString gives of any object
    const method = pagecrypt[row.owner].prototype[row.method];
    for (const receiver of [
      undefined,
      null,
      7,
      {},
      Object.create(pagecrypt[row.owner].prototype),
      pagecrypt[row.owner],
      new Proxy(OBJECTS[row.owner](), {}),
    ]) {
      let value;
      try {
        value = method.apply(receiver, goodArguments(row.parameters));
      } catch (error) {
        assert.ok(error instanceof TypeError, `${row.name}: ${inspect(error)}`);
        assert.ok(!row.givesPromise, `${row.name} throws at once`);
        continue;
      }
      if (row.givesPromise) await assert.rejects(value, TypeError, row.name);
      else assert.fail(`${row.name} takes ${inspect(receiver)}`);
    }
  }
});

/** Properties that are the same of all objects. */
const CONSTANTS = ["tagLength", "overhead", "format"];

test("properties refuse other receivers", () => {
  for (const name of ["Key", "Aead", "PageCodec", "PageReader", "RecordCodec", "StoreCodec", "TokenKey", "WalChain"]) {
    for (const [property, { get }] of Object.entries(Object.getOwnPropertyDescriptors(pagecrypt[name].prototype))) {
      if (get === undefined || CONSTANTS.includes(property)) continue;
      for (const receiver of [undefined, {}, pagecrypt[name].prototype]) {
        assert.throws(() => get.call(receiver), TypeError, `${name}#${property}`);
      }
    }
  }
});

test("what was closed refuses every method", async () => {
  const methods = rows.filter(
    ({ owner, isStatic, isNew, method }) =>
      owner !== undefined && !isStatic && !isNew && !OPEN_TO_CLOSED.includes(method),
  );
  for (const row of methods) {
    const object = OBJECTS[row.owner]();
    if (typeof object.close !== "function") continue;
    object.close();
    const { error, value } = await outcome(row, goodArguments(row.parameters), object);
    if (row.method === "createReadStream" && error === undefined) {
      await assert.rejects(async () => {
        for await (const _ of value);
      }, ClosedError);
    } else {
      assert.ok(error instanceof ClosedError && error.code === "closed", `${row.name}: ${inspect(error)}`);
    }
  }
});

test("closed handles are refused as arguments", async () => {
  for (const row of rows) {
    for (const { parameter, path, replace } of replacements(row)) {
      const owner = { key: "Key", chain: "WalChain", tokenKey: "TokenKey" }[parameter[1]];
      if (owner === undefined) continue;
      const closed = OBJECTS[owner]();
      closed.close();
      const { error } = await outcome(row, replace(closed));
      assert.ok(error instanceof ClosedError, `${row.name}, ${path}: ${inspect(error)}`);
    }
  }
});

test("what is closed while an operation runs lets it end", async () => {
  for (const row of rows.filter(
    ({ owner, givesPromise, isStatic }) => givesPromise && owner !== undefined && !isStatic,
  )) {
    const object = OBJECTS[row.owner]();
    const running = outcome(row, goodArguments(row.parameters), object);
    object.close();
    const { error } = await running;
    assert.equal(error, undefined, `${row.name}: ${inspect(error)}`);
  }
});

test("arguments whose getters throw or do mischief", async () => {
  const boom = new Error("boom");
  for (const row of rows) {
    for (const [i, parameter] of row.parameters.entries()) {
      if (!parameter[1].startsWith("options")) continue;
      for (const [field] of parameter[2]) {
        const parameters = goodArguments(row.parameters);
        const good = parameters[i];
        parameters[i] = Object.defineProperty({ ...good }, field, {
          get: () => {
            throw boom;
          },
        });
        assert.equal((await outcome(row, parameters)).error, boom, `${row.name}, ${field}`);
        // Closing the object or giving memory away while arguments are looked at.
        const object = row.owner === undefined || row.isStatic || row.isNew ? undefined : OBJECTS[row.owner]();
        const others = goodArguments(row.parameters);
        others[i] = Object.defineProperty({ ...good }, field, {
          get() {
            object?.close?.();
            for (const { buffer } of others.filter(ArrayBuffer.isView)) structuredClone(buffer, { transfer: [buffer] });
            return good[field];
          },
        });
        const { error } = await outcome(row, others, object);
        if (error !== undefined) {
          const isTyped = error instanceof PagecryptError || /^ERR_/.test(error.code);
          assert.ok(isTyped && error.code !== "internal", `${row.name}, ${field}: ${inspect(error)}`);
        }
      }
    }
  }
});

test("hundreds of operations on one object at once", async () => {
  for (const row of rows.filter(
    ({ owner, givesPromise, isStatic }) => givesPromise && owner !== undefined && !isStatic,
  )) {
    const object = OBJECTS[row.owner]();
    const outcomes = await Promise.all(
      Array.from({ length: 200 }, () => outcome(row, goodArguments(row.parameters), object)),
    );
    for (const { error } of outcomes) assert.equal(error, undefined, `${row.name}: ${inspect(error)}`);
    object.close?.();
  }
});

test("a signal may be aborted at any time", async () => {
  for (const row of rows.filter(
    ({ givesPromise, parameters }) => givesPromise && parameters.some(([, kind]) => kind.startsWith("options")),
  )) {
    const abortAt = [
      (control) => control.abort(),
      (control) => process.nextTick(() => control.abort()),
      (control) => setImmediate(() => control.abort()),
      (control, running) => running.then(() => control.abort()),
    ];
    for (const [i, abort] of abortAt.entries()) {
      const control = new AbortController();
      const parameters = goodArguments(row.parameters);
      parameters.at(-1).signal = control.signal;
      const running = outcome(row, parameters);
      abort(control, running);
      const { error } = await running;
      assert.ok(error === undefined || (i < 3 && error === control.signal.reason), `${row.name}: ${inspect(error)}`);
      await new Promise(setImmediate);
    }
  }
});

test("signals keep nothing of what has ended", async () => {
  const { getEventListeners } = await import("node:events");
  const control = new AbortController();
  for (const row of rows.filter(
    ({ givesPromise, parameters }) => givesPromise && parameters.some(([, kind]) => kind.startsWith("options")),
  )) {
    const parameters = goodArguments(row.parameters);
    parameters.at(-1).signal = control.signal;
    await outcome(row, parameters);
    assert.equal(getEventListeners(control.signal, "abort").length, 0, row.name);
  }
});
