// A program of CommonJS, as TypeScript sees it.

import pagecrypt = require("libpagecrypt");
import { Aead, Key } from "libpagecrypt";
import type { CipherName } from "libpagecrypt";

const key: Key = pagecrypt.Key.generate("aegis128l");
const name: CipherName = key.cipher;
const aead: pagecrypt.Aead = new Aead(key);
const sealed: Buffer = aead.sealSync(Buffer.from(name), { nonce: new Uint8Array(16) });

async function later(): Promise<pagecrypt.Summary> {
  const { encryptFile } = await import("libpagecrypt");
  return encryptFile("a", "b", key);
}

// @ts-expect-error: there is no such export
pagecrypt.nothing();

export = { sealed, later };
