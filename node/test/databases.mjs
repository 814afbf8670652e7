// Databases of any size, without a database engine.

import { closeSync, openSync, readFileSync, writeSync } from "node:fs";

import { PageCodec } from "libpagecrypt";

import { ENCRYPTED, sampleKey, sampleNamed, vectorPath } from "./vectors.mjs";

const PAGE = 4096;

/**
 * Writes a plain SQLite database of one table, `big(content)`, with `rows` rows of somewhat less than a mebibyte each: a
 * root page, leaves of 7 cells, and for each cell a chain of overflow pages.
 */
export function writeLargePlain(path, rows) {
  const overflowPages = 255;
  // SQLite keeps of a long payload the least that fills all overflow pages but the end of the last: 489 bytes here.
  const payloadLength = 489 + overflowPages * (PAGE - 4);
  const leaves = Math.ceil(rows / 7);
  const firstLeaf = 3;
  const firstOverflow = firstLeaf + leaves;
  const pages = firstOverflow - 1 + rows * overflowPages;
  const file = openSync(path, "w");
  try {
    writeSync(file, schemaPage(pages));
    writeSync(file, rootPage(firstLeaf, leaves, rows));
    for (let leaf = 0; leaf < leaves; leaf++) {
      const first = leaf * 7;
      writeSync(
        file,
        leafPage(first, Math.min(7, rows - first), payloadLength, (row) => firstOverflow + row * overflowPages),
      );
    }
    for (let row = 0; row < rows; row++) {
      const chain = Buffer.alloc(overflowPages * PAGE, row & 0x7f);
      for (let i = 0; i < overflowPages; i++) {
        const next = firstOverflow + row * overflowPages + i + 1;
        chain.writeUInt32BE(i === overflowPages - 1 ? 0 : next, i * PAGE);
      }
      writeSync(file, chain);
    }
  } finally {
    closeSync(file);
  }
  return pages * PAGE;
}

/** Writes an encrypted database whose page count is put up to `pages`: those beyond the sample's hold what they like. */
export function writeLargeEncrypted(path, pages) {
  const sample = sampleNamed("aegis256-4096-small");
  const key = sampleKey(sample);
  const codec = new PageCodec(key, { pageSize: PAGE });
  const start = codec.openedPagesSync(1, readFileSync(vectorPath(ENCRYPTED)));
  start.writeUInt32BE(pages, 28);
  start.copy(start, 92, 24, 28); // so that SQLite believes the count
  const file = openSync(path, "w");
  try {
    writeSync(file, codec.sealedPagesSync(1, start));
    const run = Buffer.alloc(256 * PAGE);
    for (let number = start.length / PAGE + 1; number <= pages; number += 256) {
      const count = Math.min(256, pages - number + 1);
      writeSync(file, codec.sealedPagesSync(number, run.subarray(0, count * PAGE)));
    }
  } finally {
    closeSync(file);
  }
  return { key, size: pages * PAGE };
}

function schemaPage(pages) {
  const page = Buffer.alloc(PAGE);
  page.write("SQLite format 3\0", "latin1");
  page.writeUInt16BE(PAGE, 16);
  page.set([1, 1, 0, 64, 32, 32], 18); // rollback journal, no reserved bytes, fixed fractions
  page.writeUInt32BE(1, 24); // change counter
  page.writeUInt32BE(pages, 28);
  page.writeUInt32BE(1, 40); // schema cookie
  page.writeUInt32BE(4, 44); // schema format
  page.writeUInt32BE(1, 56); // UTF-8
  page.writeUInt32BE(1, 92); // the change counter again
  page.writeUInt32BE(3_040_000, 96);
  const text = ["table", "big", "big"].map((word) => Buffer.from(word));
  const sql = Buffer.from("CREATE TABLE big(content)");
  const header = [6, ...text.map((word) => 13 + 2 * word.length), 1, 13 + 2 * sql.length]; // serial types; rootpage: 1 byte
  const payload = Buffer.concat([Buffer.from(header), ...text, Buffer.of(2), sql]);
  writeLeaf(page, 100, [Buffer.concat([varint(payload.length), varint(1), payload])]);
  return page;
}

function rootPage(firstLeaf, leaves, rows) {
  const page = Buffer.alloc(PAGE);
  const cells = [];
  for (let leaf = 0; leaf < leaves - 1; leaf++) {
    const child = Buffer.alloc(4);
    child.writeUInt32BE(firstLeaf + leaf);
    cells.push(Buffer.concat([child, varint(Math.min(rows, (leaf + 1) * 7))]));
  }
  writeCells(page, 0, 5, 12, cells);
  page.writeUInt32BE(firstLeaf + leaves - 1, 8);
  return page;
}

function leafPage(firstRow, count, payloadLength, overflowOf) {
  const page = Buffer.alloc(PAGE);
  const cells = Array.from({ length: count }, (_, i) => {
    const row = firstRow + i;
    const serial = varint((payloadLength - 4) * 2 + 12); // a blob behind a header of 4 bytes
    const head = Buffer.concat([Buffer.of(1 + serial.length), serial]);
    const local = Buffer.concat([head, Buffer.alloc(489 - head.length, row & 0x7f)]);
    const overflow = Buffer.alloc(4);
    overflow.writeUInt32BE(overflowOf(row));
    return Buffer.concat([varint(payloadLength), varint(row + 1), local, overflow]);
  });
  writeLeaf(page, 0, cells);
  return page;
}

const writeLeaf = (page, at, cells) => writeCells(page, at, 13, 8, cells);

function writeCells(page, at, type, headerLength, cells) {
  page[at] = type;
  page.writeUInt16BE(cells.length, at + 3);
  let end = page.length;
  for (const [i, cell] of cells.entries()) {
    end -= cell.length;
    cell.copy(page, end);
    page.writeUInt16BE(end, at + headerLength + 2 * i);
  }
  page.writeUInt16BE(end, at + 5);
}

function varint(number) {
  const bytes = [number & 0x7f];
  for (let rest = Math.floor(number / 128); rest > 0; rest = Math.floor(rest / 128))
    bytes.unshift((rest & 0x7f) | 0x80);
  return Buffer.from(bytes);
}
