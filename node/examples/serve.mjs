#!/usr/bin/env node
// Serves an encrypted database to those who may read it in plaintext: it is decrypted while it is sent, and never lies
// decrypted on the disk.
//
//   APP_KEY=... node serve.mjs app.enc.db [PORT]
//
//   curl -o app.db http://localhost:8080/          all of it
//   curl -r 0-99 http://localhost:8080/ | xxd      a part: its header

import { createServer } from "node:http";
import { pipeline } from "node:stream/promises";

import { Key, PageReader } from "libpagecrypt";

const [path, port = "8080"] = process.argv.slice(2);
const key = Key.fromText(process.env.APP_KEY ?? "");

const server = createServer(async (request, response) => {
  let reader;
  try {
    reader = await PageReader.open(path, key); // of each request its own: the file may have changed in between
    const { start, end, status } = rangeOf(request.headers.range, reader.size);
    response.writeHead(status, {
      "Content-Type": "application/vnd.sqlite3",
      "Content-Length": end - start + 1,
      "Accept-Ranges": "bytes",
      ...(status === 206 && { "Content-Range": `bytes ${start}-${end}/${reader.size}` }),
    });
    await pipeline(reader.createReadStream({ start, end }), response);
  } catch (error) {
    console.error(error.message); // a page that was tampered with, for example: nothing of it is sent
    if (!response.headersSent) response.writeHead(error.code === "locked" ? 503 : 500);
    response.destroyed || response.end();
  } finally {
    reader?.close();
  }
});

/** The first part that is asked for; everything, where none is or cannot be. */
function rangeOf(header, size) {
  const [, from, to] = /^bytes=(\d+)-(\d*)$/.exec(header ?? "") ?? [];
  const start = Number(from);
  if (from === undefined || start >= size) return { start: 0, end: size - 1, status: 200 };
  return { start, end: to === "" ? size - 1 : Math.min(Number(to), size - 1), status: 206 };
}

server.listen(Number(port), "localhost", () => console.log(`http://localhost:${server.address().port}/`));
for (const signal of ["SIGINT", "SIGTERM"]) {
  process.once(signal, () => {
    server.close(() => key.close());
    server.closeAllConnections();
  });
}
