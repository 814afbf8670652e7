// Every public function and method with its parameters: what each takes, and good arguments for it.
//
// A parameter is [name, kind, good]; options are a parameter of the kind "options" whose `good` holds such parameters.
// `good` is a function where the value must be made anew. surface.test.mjs compares the table with what is exported.

import { copyFileSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

import * as pagecrypt from "libpagecrypt";

import { plainFrames, plainPages, testCodec, testKey } from "./pages.mjs";
import { ENCRYPTED, PLAIN, sampleKey, sampleNamed, vectorPath } from "./vectors.mjs";

const { Aead, PageReader, RecordCodec, StoreCodec, TokenKey, WalChain, WalFrameHeader, WalHeader } = pagecrypt;

const folder = mkdtempSync(join(tmpdir(), "pagecrypt-node-"));
process.once("exit", () => rmSync(folder, { recursive: true, force: true }));
const encrypted = join(folder, "encrypted.db");
copyFileSync(vectorPath(ENCRYPTED), encrypted);

let files = 0;
const destination = () => join(folder, `new-${files++}`);
const sampleKeyOf = () => sampleKey(sampleNamed("aegis256-4096-small"));
const nonce = Buffer.alloc(32, 1);
const sealed = new Aead(testKey()).sealSync(Buffer.from("text"), { nonce });
const codec = testCodec("aegis256", 512);
const walHeader = new WalHeader({ pageSize: 512, salts: [1, 2] });
const frames = plainFrames(codec, 2);
const sealedFrames = Buffer.from(frames);
codec.sealFramesSync(WalChain.start(walHeader), sealedFrames);

const context = { kind: "stream", id: Buffer.alloc(32, 1) };
const recordCodec = () => RecordCodec.bound(testKey(), context);
const record = recordCodec().sealSync(Buffer.from("text"), { clock: 1000 });
const tokenKey = () => TokenKey.fromBytes(Buffer.alloc(32, 4));
const storeCodec = () => new StoreCodec(testKey(), { id: Buffer.alloc(16, 3), tokenKey: tokenKey(), padding: "padme" });
const entry = { path: "notes/1", type: "note", schema: "1", body: Buffer.from("text"), clock: 7n };
const kept = storeCodec().sealSync(entry);

const signal = ["signal", "signal?", () => new AbortController().signal];
const message = (more = []) => [
  "options",
  "options",
  [["nonce", "bytes", nonce], ["associatedData", "bytes?", Buffer.from("")], ...more, signal],
];
const run = ["options", "options?", [signal]];
const pages = () => plainPages(codec, 2);
const sealedPages = () => codec.sealedPagesSync(2, pages());
const wait = ["wait", "milliseconds?", 5];
const progress = ["progress", "function?", () => () => {}];
const file = (...more) => ["options", "options?", [["force", "boolean?", true], wait, progress, ...more, signal]];

const clock = ["clock", "long?", 1000];
const place = [["sequence", "long?", 7], clock, ["reseals", "word?", 1]];

/** What a class's methods are called on. */
export const OBJECTS = {
  Key: () => testKey(),
  Aead: () => new Aead(testKey()),
  PageCodec: () => testCodec("aegis256", 512),
  RecordCodec: recordCodec,
  TokenKey: tokenKey,
  StoreCodec: storeCodec,
  WalChain: () => WalChain.start(walHeader),
  WalHeader: () => walHeader,
  WalFrameHeader: () => WalFrameHeader.parse(sealedFrames),
  PageReader: () => PageReader.openSync(encrypted, sampleKeyOf()),
  VerifyReport: () => pagecrypt.verifyFileSync(encrypted, sampleKeyOf()),
};

/** Names with `~` stand for the promise `name` and for `nameSync`, which takes no signal. */
export const SURFACE = {
  ciphers: [],
  cipher: [["name", "cipher", "aegis256"]],
  engines: [],
  pendingBytePage: [["pageSize", "integer", 4096]],
  parseTursoHeader: [
    [
      "bytes",
      "bytes",
      () =>
        Buffer.concat([Buffer.from("Turso\0\x03"), Buffer.alloc(9), Buffer.from([16, 0, 1, 1, 48]), Buffer.alloc(79)]),
    ],
  ],
  "encryptFile~": [
    ["source", "path", vectorPath(PLAIN)],
    ["destination", "path", destination],
    ["key", "key", testKey],
    file(["format", "text?", "turso"]),
  ],
  "decryptFile~": [
    ["source", "path", encrypted],
    ["destination", "path", destination],
    ["key", "key", sampleKeyOf],
    file(["compact", "boolean?", false]),
  ],
  "verifyFile~": [
    ["path", "path", encrypted],
    ["key", "key", sampleKeyOf],
    ["options", "options?", [["threads", "count?", 2], wait, progress, signal]],
  ],
  "inspectFile~": [["path", "path", encrypted]],

  "Key.generate": [["cipher", "text?", "aegis256"]],
  "Key.fromBytes": [
    ["bytes", "bytes", Buffer.alloc(32)],
    ["cipher", "text", "aegis256"],
  ],
  "Key.fromText": [
    ["text", "textOrBytes", "00".repeat(32)],
    ["cipher", "text?", "aegis256"],
  ],
  "Key#withEngine": [["engine", "text", "portable"]],
  "Key#withCipher": [["cipher", "text", "aegis256x2"]],
  "Key#clone": [],
  "Key#toBytes": [],
  "Key#toText": [["encoding", "text?", "hex"]],
  "Key#equals": [["other", "key", testKey]],
  "Key#close": [],
  "Key#toString": [],
  "Key#toJSON": [],

  "new Aead": [["key", "key", testKey]],
  "Aead#seal~": [["data", "bytes", Buffer.from("text")], message()],
  "Aead#open~": [["data", "bytes", sealed], message()],
  "Aead#sealInto~": [["data", "bytes", Buffer.from("text")], ["into", "bytes", () => Buffer.alloc(20)], message()],
  "Aead#openInto~": [["data", "bytes", sealed], ["into", "bytes", () => Buffer.alloc(4)], message()],
  "Aead#sealDetached~": [["buffer", "bytes", () => Buffer.from("text")], message()],
  "Aead#openDetached~": [
    ["buffer", "bytes", () => Buffer.from(sealed.subarray(0, 4))],
    ["tag", "bytes", sealed.subarray(4)],
    message(),
  ],
  "Aead#sealBatch~": [
    ["messages", "list", [Buffer.from("text")]],
    ["options", "options", [["nonces", "list", [nonce]], ["associatedData", "list?", [Buffer.from("")]], signal]],
  ],
  "Aead#openBatch~": [
    ["messages", "list", [sealed]],
    [
      "options",
      "options",
      [
        ["nonces", "list", [nonce]],
        ["associatedData", "list?", [Buffer.from("")]],
        ["partial", "boolean?", true],
        signal,
      ],
    ],
  ],
  "Aead#close": [],

  "new PageCodec": [
    ["key", "key", testKey],
    [
      "options",
      "options?",
      [
        ["pageSize", "integer?", 4096],
        ["format", "text?", "turso"],
      ],
    ],
  ],
  "PageCodec#sealPages~": [["first", "integer", 2], ["pages", "bytes", pages], run],
  "PageCodec#openPages~": [["first", "integer", 2], ["pages", "bytes", sealedPages], run],
  "PageCodec#sealPagesInto~": [["first", "integer", 2], ["source", "bytes", pages], ["into", "bytes", pages], run],
  "PageCodec#openPagesInto~": [
    ["first", "integer", 2],
    ["source", "bytes", sealedPages],
    ["into", "bytes", pages],
    run,
  ],
  "PageCodec#sealedPages~": [["first", "integer", 2], ["pages", "bytes", pages], run],
  "PageCodec#openedPages~": [["first", "integer", 2], ["pages", "bytes", sealedPages], run],
  "PageCodec#sealPage~": [["number", "integer", 2], ["page", "bytes", () => plainPages(codec, 1)], run],
  "PageCodec#openPage~": [["number", "integer", 2], ["page", "bytes", () => sealedPages().subarray(0, 512)], run],
  "PageCodec#sealFrames~": [
    ["chain", "chain", () => WalChain.start(walHeader)],
    ["frames", "bytes", () => Buffer.from(frames)],
    run,
  ],
  "PageCodec#openFrames~": [["first", "integer", 1], ["frames", "bytes", () => Buffer.from(sealedFrames)], run],
  "PageCodec#openFramesInto~": [
    ["first", "integer", 1],
    ["source", "bytes", sealedFrames],
    ["into", "bytes", () => Buffer.alloc(sealedFrames.length)],
    run,
  ],
  "PageCodec#close": [],

  recordOverhead: [
    ["cipher", "text", "aegis256"],
    ["format", "text", "bound"],
  ],
  parseRecordHeader: [["record", "bytes", record]],
  compareWrites: [
    ["a", "bytes", record],
    ["b", "bytes", record],
  ],
  keyId: [
    ["key", "key", testKey],
    ["context", "context", context],
  ],
  generateKey: [
    ["cipher", "text", "aegis256"],
    ["context", "context", context],
    ["taken", "list?", [Buffer.alloc(4)]],
  ],
  "RecordCodec.s2": [
    ["key", "key", testKey],
    ["streamId", "bytes", Buffer.alloc(32, 1)],
  ],
  "RecordCodec.bound": [
    ["key", "key", testKey],
    ["context", "context", context],
  ],
  "RecordCodec#withDecryptOnlyKey": [["key", "key", () => testKey("aes256gcm")]],
  "RecordCodec#sealedLength": [
    ["plaintextLength", "integer", 10],
    ["options", "options?", place],
  ],
  "RecordCodec#openedLength": [["record", "bytes", record]],
  "RecordCodec#needsReseal": [["record", "bytes", record]],
  "RecordCodec#seal~": [
    ["plaintext", "bytes", Buffer.from("text")],
    ["options", "options?", [...place, signal]],
  ],
  "RecordCodec#open~": [
    ["record", "bytes", record],
    ["options", "options?", [clock, signal]],
  ],
  "RecordCodec#reseal~": [
    ["record", "bytes", record],
    ["options", "options?", [clock, signal]],
  ],
  "RecordCodec#sealBatch~": [
    ["plaintexts", "list", [Buffer.from("text")]],
    ["options", "options?", [["sequences", "longs?", [7n]], ["clocks", "longs?", [1000]], signal]],
  ],
  "RecordCodec#openBatch~": [
    ["records", "list", [record]],
    ["options", "options?", [["clocks", "longs?", [1000]], ["partial", "boolean?", true], signal]],
  ],
  "RecordCodec#sealStream": [
    [
      "options",
      "options?",
      [
        ["firstSequence", "long?", 0],
        ["framing", "text?", "length"],
        ["maxLength", "integer?", 100],
        ["clock", "function?", () => Date.now],
        signal,
      ],
    ],
  ],
  "RecordCodec#openStream": [
    [
      "options",
      "options?",
      [["firstSequence", "long?", 0n], ["framing", "text?", "length"], ["maxLength", "integer?", 100], signal],
    ],
  ],
  "RecordCodec#close": [],

  "TokenKey.generate": [],
  "TokenKey.fromBytes": [["bytes", "bytes", Buffer.alloc(32)]],
  "TokenKey#token": [["path", "storePath", "notes/1"]],
  "TokenKey#toBytes": [],
  "TokenKey#equals": [["other", "tokenKey", tokenKey]],
  "TokenKey#close": [],
  "TokenKey#toString": [],
  "TokenKey#toJSON": [],

  "new StoreCodec": [
    ["key", "key", testKey],
    [
      "options",
      "options",
      [
        ["id", "bytes", Buffer.alloc(16, 3)],
        ["tokenKey", "tokenKey", tokenKey],
        ["padding", "text?", "padme"],
      ],
    ],
  ],
  "StoreCodec#withDecryptOnlyKey": [["key", "key", () => testKey("aes256gcm")]],
  "StoreCodec#token": [["path", "storePath", "notes/1"]],
  "StoreCodec#needsReseal": [["record", "bytes", kept.record]],
  "StoreCodec#seal~": [["entry", "entry", entry], run],
  "StoreCodec#open~": [["token", "bytes", kept.token], ["record", "bytes", kept.record], run],
  "StoreCodec#reseal~": [["token", "bytes", kept.token], ["record", "bytes", kept.record], run],
  "StoreCodec#sealBatch~": [["entries", "entries", [entry]], run],
  "StoreCodec#openBatch~": [
    ["rows", "entries", [kept]],
    ["options", "options?", [["partial", "boolean?", true], signal]],
  ],
  "StoreCodec#close": [],

  "new WalHeader": [
    [
      "fields",
      "options",
      [
        ["byteOrder", "text?", "big"],
        ["pageSize", "integer", 512],
        ["checkpoint", "integer?", 3],
        ["salts", "pair", [1, 2]],
      ],
    ],
  ],
  "WalHeader.parse": [["bytes", "bytes", () => walHeader.toBytes()]],
  "WalHeader#toBytes": [],
  "WalHeader#toJSON": [],
  "WalFrameHeader.parse": [["bytes", "bytes", sealedFrames]],
  "WalFrameHeader#toJSON": [],
  "WalChain.start": [["header", "header", walHeader]],
  "WalChain.resume": [
    ["header", "header", walHeader],
    ["checksum", "pair", [1, 2]],
  ],
  "WalChain#accept": [["frame", "bytes", sealedFrames.subarray(0, 536)]],
  "WalChain#close": [],

  "PageReader.open~": [
    ["path", "path", encrypted],
    ["key", "key", sampleKeyOf],
    ["options", "options?", [wait, signal]],
  ],
  "PageReader#readAt~": [["offset", "integer", 0], ["length", "integer", 10], run],
  "PageReader#readInto~": [["offset", "integer", 0], ["buffer", "bytes", () => Buffer.alloc(10)], run],
  "PageReader#readPages~": [["first", "integer", 1], ["count", "integer", 1], run],
  "PageReader#checkUnchanged~": [run],
  "PageReader#createReadStream": [["options", "options?", [["start", "integer?", 0], ["end", "integer?", 10], signal]]],
  "PageReader#close": [],
  "VerifyReport#requireIntact": [],
};

/** Methods that a closed object still has. */
export const OPEN_TO_CLOSED = ["close", "toString", "toJSON"];

export const isPromise = (name) => !name.endsWith("Sync");

/** Every row of the table with both forms written out: { name, owner, method, isPromise, parameters }. */
export const rows = Object.entries(SURFACE).flatMap(([name, parameters]) =>
  name.endsWith("~")
    ? [row(name.slice(0, -1), parameters, true), row(`${name.slice(0, -1)}Sync`, withoutSignal(parameters), false)]
    : [row(name, parameters, false)],
);

function row(name, parameters, givesPromise) {
  const [, isNew, owner, separator, method] = /^(new )?(?:(\w+?)([.#]))?(\w+)$/.exec(name);
  return { name, owner, method, isNew: isNew !== undefined, isStatic: separator === ".", givesPromise, parameters };
}

function withoutSignal(parameters) {
  return parameters
    .map(([name, kind, good]) => [
      name,
      kind,
      kind.startsWith("options") ? good.filter(([field]) => field !== "signal") : good,
    ])
    .filter(([, kind, good]) => !kind.startsWith("options") || good.length > 0);
}

/** Good arguments, each made anew. */
export function goodArguments(parameters) {
  return parameters.map(goodValue);
}

function goodValue([, kind, good]) {
  if (kind.startsWith("options")) return Object.fromEntries(good.map((field) => [field[0], goodValue(field)]));
  const value = typeof good === "function" ? good() : good;
  return ArrayBuffer.isView(value) ? new Uint8Array(value) : value; // memory of its own, which a test may give away
}

/** Calls a row with these arguments, on a good object or the one that is given. */
export function call({ name, owner, method, isNew, isStatic }, parameters, object) {
  if (isNew) return new pagecrypt[method](...parameters);
  if (owner === undefined) return pagecrypt[method](...parameters);
  if (isStatic) return pagecrypt[owner][method](...parameters);
  if (object === undefined) object = OBJECTS[owner]();
  if (typeof object[method] !== "function") throw new Error(`there is no ${name}`);
  return object[method](...parameters);
}
