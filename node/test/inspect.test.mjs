import assert from "node:assert/strict";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";

import { InputOutputError, inspectFile, inspectFileSync } from "libpagecrypt";

import { folderOf } from "./folders.mjs";
import { PLAIN, readVector, samples, vectorPath } from "./vectors.mjs";

const inspects = [inspectFile, async (...parameters) => inspectFileSync(...parameters)];

test("without a key one sees the header", async () => {
  for (const sample of samples) {
    for (const inspect of inspects) {
      const inspection = await inspect(vectorPath(`turso/${sample.file}`));
      assert.deepEqual(
        [inspection.format, inspection.version, inspection.cipher, inspection.pageSize, inspection.reservedLength],
        ["turso", 0, sample.cipher, sample.page_size, sample.reserved_bytes],
      );
      assert.deepEqual(
        [inspection.length, inspection.problem, inspection.hotJournal, inspection.trailingBytes],
        [sample.bytes[sample.file], null, false, 0],
      );
      assert.equal(inspection.pages, inspection.length / sample.page_size);
      assert.equal(inspection.log === null, sample.files.length === 1);
      assert.ok(Object.isFrozen(inspection));
      if (inspection.log !== null) {
        const { header, ...log } = inspection.log;
        assert.equal(log.committedPages, sample.page_count);
        assert.deepEqual([log.problem, log.stale, log.tornBytes, log.frames], [null, 0, 0, log.committed]);
        assert.deepEqual([header.byteOrder, header.pageSize], ["little", 4096]);
      }
    }
  }
});

test("a plain database, and what is no database, are told", async (t) => {
  const path = join(folderOf(t), "file");
  for (const inspect of inspects) {
    const plain = await inspect(vectorPath(PLAIN));
    assert.deepEqual(
      [plain.format, plain.version, plain.cipher, plain.pageSize, plain.reservedLength],
      ["sqlite", null, null, 4096, 0],
    );
    for (const content of [Buffer.alloc(0), Buffer.from("nothing of the kind"), Buffer.alloc(9000, 0xff)]) {
      writeFileSync(path, content);
      const unknown = await inspect(path);
      assert.deepEqual(
        [unknown.format, unknown.cipher, unknown.pageSize, unknown.pages, unknown.log, unknown.length],
        ["unknown", null, null, null, null, content.length],
      );
    }
    const damaged = Buffer.from(readVector("turso/aegis256-4096-small.db"));
    damaged[10] = 1;
    writeFileSync(path, damaged);
    assert.match((await inspect(path)).problem, /header/);
    await assert.rejects(inspect(`${path}.missing`), { constructor: InputOutputError, syscallCode: "ENOENT" });
  }
});
