// The repository's vectors/, which every language's tests read.

import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";

import { Key } from "libpagecrypt";

const folder = new URL("../../vectors/", import.meta.url);

/** The path of a file of the vectors. */
export function vectorPath(name) {
  return fileURLToPath(new URL(name, folder));
}

export function readVector(name) {
  return readFileSync(new URL(name, folder));
}

export function parseVector(name) {
  return JSON.parse(readVector(name).toString("utf8"));
}

/** A plain database, and one that Turso encrypted. */
export const PLAIN = "turso/aegis256-4096-small.plain.db";
export const ENCRYPTED = "turso/aegis256-4096-small.db";

/** The databases that Turso wrote: their cipher, key, page size and hashes. */
export const samples = parseVector("turso/manifest.json").fixtures;

export function sampleNamed(name) {
  const sample = samples.find((sample) => sample.name === name);
  if (sample === undefined) throw new Error(`no sample is called ${name}`);
  return sample;
}

export function sampleKey(sample) {
  return Key.fromText(sample.hexkey, sample.cipher);
}

/** The ciphers that Turso's format has. */
export const TURSO_CIPHERS = [
  "aes128gcm",
  "aes256gcm",
  "aegis256",
  "aegis256x2",
  "aegis256x4",
  "aegis128l",
  "aegis128x2",
  "aegis128x4",
];

/** All of them. */
export const CIPHERS = [...TURSO_CIPHERS, "chacha20poly1305"];
