// Pages and frames in plaintext.

import { Key, PageCodec } from "libpagecrypt";

import { CIPHERS } from "./vectors.mjs";

/** A key of bytes 0, 1, 2, ... */
export function testKey(cipher = "aegis256") {
  const length = ["aes128gcm", "aegis128l", "aegis128x2", "aegis128x4"].includes(cipher) ? 16 : 32;
  if (!CIPHERS.includes(cipher)) throw new Error(`${cipher} is no cipher`);
  return Key.fromBytes(
    Uint8Array.from({ length }, (_, i) => i),
    cipher,
  );
}

export function testCodec(cipher = "aegis256", pageSize = 4096) {
  return new PageCodec(testKey(cipher), { pageSize });
}

/** Pages from `first` on as they are sealed: the reserved bytes are zero, page 1 begins with SQLite's header. */
export function plainPages(codec, count, first = 2) {
  const pages = Buffer.alloc(count * codec.pageSize);
  for (let i = 0; i < count; i++) {
    const page = pages.subarray(i * codec.pageSize, (i + 1) * codec.pageSize - codec.reservedLength);
    for (let j = 0; j < page.length; j++) page[j] = (7 * (first + i) + j) & 0xff;
    if (first + i === 1) {
      page.write("SQLite format 3\0", "latin1");
      page.writeUInt16BE(codec.pageSize === 65536 ? 1 : codec.pageSize, 16);
      page[20] = codec.reservedLength;
    }
  }
  return pages;
}

/** Frames of the pages 2, 3, ...; the last one commits. */
export function plainFrames(codec, count) {
  const pages = plainPages(codec, count);
  const frames = Buffer.alloc(count * codec.frameLength);
  for (let i = 0; i < count; i++) {
    const at = i * codec.frameLength;
    frames.writeUInt32BE(i + 2, at);
    frames.writeUInt32BE(i === count - 1 ? count + 1 : 0, at + 4);
    pages.copy(frames, at + 24, i * codec.pageSize, (i + 1) * codec.pageSize);
  }
  return frames;
}

/** The pieces of a buffer, each `length` bytes. */
export function* pieces(buffer, length) {
  for (let at = 0; at < buffer.length; at += length) yield buffer.subarray(at, at + length);
}

export const isZero = (bytes) => bytes.every((byte) => byte === 0);

/** Each operation in both forms: `both(aead, "seal")` gives [["seal", …], ["sealSync", …]], all to be awaited. */
export function both(object, name) {
  return [name, `${name}Sync`].map((method) => [method, async (...parameters) => object[method](...parameters)]);
}
