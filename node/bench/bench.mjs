#!/usr/bin/env node
// How fast the package is beside Node's own ciphers and @noble/ciphers, all in one process.
//
//   node bench/bench.mjs [--quick] [--json FILE] [--markdown] [--rust PROGRAM]
//
// Contenders take turns in many short rounds, so that whatever else the machine does hits all of them; shown are the median
// and the quartiles of the rounds, in nanoseconds a message. Compare ratios: the figures themselves are this machine's.
// PROGRAM is the core's example, for AEGIS, which has no peer in JavaScript:
// `cargo build --release -p pagecrypt --example throughput` leaves it in target/release/examples/throughput.

import { execFileSync } from "node:child_process";
import { createCipheriv, createDecipheriv } from "node:crypto";
import { writeFileSync } from "node:fs";
import { cpus } from "node:os";
import { parseArgs } from "node:util";

import { gcm } from "@noble/ciphers/aes.js";
import { chacha20poly1305 } from "@noble/ciphers/chacha.js";

import { Aead, Key, PageCodec, TAG_LENGTH, ciphers, version } from "libpagecrypt";

const { values: options } = parseArgs({
  options: {
    quick: { type: "boolean" },
    json: { type: "string" },
    markdown: { type: "boolean" },
    rust: { type: "string" },
  },
});

const ROUNDS = options.quick ? 3 : 60;
const ROUND_NS = options.quick ? 200_000 : 2_000_000;
const BATCH = 64;
const PAGE_SIZE = 4096;
const TEXT_LENGTH = 4048; // what 48 reserved bytes leave of a page

/** Node's names of the ciphers that it has, and @noble's functions. */
const PEERS = {
  aes128gcm: ["aes-128-gcm", gcm],
  aes256gcm: ["aes-256-gcm", gcm],
  chacha20poly1305: ["chacha20-poly1305", chacha20poly1305],
};

async function main() {
  const rust = options.rust === undefined ? new Map() : rustFigures(options.rust);
  const results = [];
  for (const { name, engine } of ciphers()) {
    for (const [task, { messages, contenders }] of Object.entries(tasksOf(name))) {
      const measured = await race(contenders, messages);
      const native = rust.get(`${name} ${task}`);
      if (native !== undefined) measured["Rust"] = { median: native };
      results.push({ cipher: name, engine, task, nanoseconds: measured });
      if (!options.markdown) print(results.at(-1));
    }
  }
  const report = { version, node: process.version, cpu: cpus()[0]?.model, rounds: ROUNDS, results };
  if (options.json !== undefined) writeFileSync(options.json, `${JSON.stringify(report, null, 1)}\n`);
  if (options.markdown) console.log(asMarkdown(report));
}

/** What is measured of a cipher: for each task, how many messages one call works on, and the contenders. */
function tasksOf(cipher) {
  const key = Key.generate(cipher);
  const aead = new Aead(key);
  const [secret, nonce, text] = [key.toBytes(), Buffer.alloc(aead.nonceLength, 1), Buffer.alloc(TEXT_LENGTH, 0x5a)];
  const sealed = aead.sealSync(text, { nonce });
  const [texts, nonces, everySealed] = [text, nonce, sealed].map((bytes) => Array(BATCH).fill(bytes));
  const tasks = {
    "seal one message": {
      messages: 1,
      contenders: { sync: () => aead.sealSync(text, { nonce }), async: () => aead.seal(text, { nonce }) },
    },
    "open one message": {
      messages: 1,
      contenders: { sync: () => aead.openSync(sealed, { nonce }), async: () => aead.open(sealed, { nonce }) },
    },
    "seal 64 messages": {
      messages: BATCH,
      contenders: { sync: () => aead.sealBatchSync(texts, { nonces }), async: () => aead.sealBatch(texts, { nonces }) },
    },
    "open 64 messages": {
      messages: BATCH,
      contenders: {
        sync: () => aead.openBatchSync(everySealed, { nonces }),
        async: () => aead.openBatch(everySealed, { nonces }),
      },
    },
  };
  const times = (count, work) => () => {
    for (let i = 0; i < count; i++) work();
  };
  if (cipher in PEERS) {
    const [name, noble] = PEERS[cipher];
    const peers = {
      "node:crypto": [() => cryptoSeal(name, secret, nonce, text), () => cryptoOpen(name, secret, nonce, sealed)],
      "@noble/ciphers": [() => noble(secret, nonce).encrypt(text), () => noble(secret, nonce).decrypt(sealed)],
    };
    for (const [peer, [seal, open]] of Object.entries(peers)) {
      if (!Buffer.from(seal()).equals(sealed) || !Buffer.from(open()).equals(text))
        throw new Error(`${peer} gives other bytes`);
      tasks["seal one message"].contenders[peer] = seal;
      tasks["open one message"].contenders[peer] = open;
      tasks["seal 64 messages"].contenders[peer] = times(BATCH, seal);
      tasks["open 64 messages"].contenders[peer] = times(BATCH, open);
    }
  }
  if (cipher !== "chacha20poly1305") Object.assign(tasks, pageTasks(key));
  return tasks;
}

/** Pages in place, nonces drawn: what seals once is sealed again, for which its reserved bytes are zeroed. */
function pageTasks(key) {
  const codec = new PageCodec(key, { pageSize: PAGE_SIZE });
  const task = (count) => {
    const plain = new Uint8Array(count * PAGE_SIZE);
    const buffer = new Uint8Array(plain.length);
    const sealed = codec.sealedPagesSync(2, plain);
    return {
      [`seal ${count} ${count === 1 ? "page" : "pages"}`]: {
        messages: count,
        contenders: {
          sync: () => codec.sealPagesIntoSync(2, plain, buffer),
          async: () => codec.sealPagesInto(2, plain, buffer),
        },
      },
      [`open ${count} ${count === 1 ? "page" : "pages"}`]: {
        messages: count,
        contenders: {
          sync: () => codec.openPagesIntoSync(2, sealed, buffer),
          async: () => codec.openPagesInto(2, sealed, buffer),
        },
      },
    };
  };
  return { ...task(1), ...task(BATCH) };
}

function cryptoSeal(name, secret, nonce, text) {
  const cipher = createCipheriv(name, secret, nonce, { authTagLength: TAG_LENGTH });
  return Buffer.concat([cipher.update(text), cipher.final(), cipher.getAuthTag()]);
}

function cryptoOpen(name, secret, nonce, sealed) {
  const decipher = createDecipheriv(name, secret, nonce, { authTagLength: TAG_LENGTH });
  decipher.setAuthTag(sealed.subarray(-TAG_LENGTH));
  return Buffer.concat([decipher.update(sealed.subarray(0, -TAG_LENGTH)), decipher.final()]);
}

/** Nanoseconds a message of each contender, in rounds in which they take turns. */
async function race(contenders, messages) {
  const runners = await Promise.all(
    Object.entries(contenders).map(async ([name, work]) => ({ name, work, samples: [] })),
  );
  for (const runner of runners) runner.calls = await callsOfRound(runner.work);
  for (let round = 0; round < ROUNDS; round++) {
    for (const { work, calls, samples } of runners) samples.push((await time(work, calls)) / calls / messages);
  }
  return Object.fromEntries(runners.map(({ name, samples }) => [name, spread(samples)]));
}

/** How many calls make a round; this also warms up. */
async function callsOfRound(work) {
  for (let calls = 1; ; calls *= 2) {
    if ((await time(work, calls)) >= ROUND_NS) return calls;
  }
}

async function time(work, calls) {
  const isAsync = work() instanceof Promise;
  const start = process.hrtime.bigint();
  if (isAsync) for (let i = 0; i < calls; i++) await work();
  else for (let i = 0; i < calls; i++) work();
  return Number(process.hrtime.bigint() - start);
}

function spread(samples) {
  const sorted = samples.toSorted((a, b) => a - b);
  const at = (share) => sorted[Math.min(sorted.length - 1, Math.floor(share * sorted.length))];
  return { median: at(0.5), from: at(0.25), to: at(0.75) };
}

/** What the core's example says of pages sealed and opened as here, under nonces drawn from the system. */
function rustFigures(program) {
  const { rows } = JSON.parse(execFileSync(program, ["--json"], { encoding: "utf8" }));
  const figures = new Map();
  for (const { cipher, operation, batch, ns } of rows) {
    const [work, what] = operation.split("_");
    if (what === "pages") figures.set(`${cipher} ${work} ${batch} ${batch === 1 ? "page" : "pages"}`, ns.median);
  }
  if (figures.size === 0) throw new Error(`${program} prints no figures that are known here`);
  return figures;
}

function print({ cipher, engine, task, nanoseconds }) {
  const best = nanoseconds.sync.median;
  const figures = Object.entries(nanoseconds).map(([name, { median, from, to }]) => {
    const range = from === undefined ? "" : ` (${from.toFixed(0)}..${to.toFixed(0)})`;
    return `${name} ${median.toFixed(0)}${range}${name === "sync" ? "" : ` x${(median / best).toFixed(2)}`}`;
  });
  console.log(`${cipher.padEnd(16)} ${engine.padEnd(10)} ${task.padEnd(16)} ns: ${figures.join("   ")}`);
}

function asMarkdown({ node, cpu, results }) {
  const columns = ["sync", "async", "node:crypto", "@noble/ciphers", "Rust"];
  const cell = (figures) => (figures === undefined ? "" : figures.median.toFixed(0));
  return [
    `Nanoseconds a message or page of 4 KiB, medians; Node ${node}, ${cpu}.`,
    "",
    `| cipher | engine | task | ${columns.join(" | ")} |`,
    `|---|---|---|${"---:|".repeat(columns.length)}`,
    ...results.map(
      ({ cipher, engine, task, nanoseconds }) =>
        `| ${[cipher, engine, task, ...columns.map((column) => cell(nanoseconds[column]))].join(" | ")} |`,
    ),
  ].join("\n");
}

await main();
