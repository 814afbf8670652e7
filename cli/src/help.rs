//! The parts of the help texts that are longer than a line. Every example is parsed by a test.

pub(crate) const ALL_SHORT: &str = "Examples and exit codes: pagecrypt --help, pagecrypt COMMAND --help";

pub(crate) const ALL: &str = "\
Examples:
  pagecrypt keygen --out app.key
  pagecrypt encrypt app.db app.enc.db --key-file app.key
  pagecrypt verify app.enc.db --key-file app.key
  pagecrypt decrypt app.enc.db app.plain.db --key-file app.key

Keys come from a file, an environment variable or standard input, never from the command line itself, \
which other users of the machine can see. They are base64 (24 or 44 characters) or hexadecimal (32 or \
64 characters) text; white space around them does not count.

Results go to standard output; errors, warnings and progress to standard error. With --json, standard \
output gets exactly one JSON object, also on failure: {\"error\": {\"code\": \"wrong_key\", \"number\": 6, ...}}.

Exit codes:
    0  done
    1  reading or writing failed, or a defect of pagecrypt
    2  wrong usage, unknown cipher or engine
    3  wrong key
    4  damaged or tampered with
    5  not encrypted, or an unknown format
    6  unusable key text or key length
    7  a key is required
    8  locked or busy, or a conversion was left unfinished
  129  stopped by a closed terminal (SIGHUP)
  130  stopped by Ctrl-C (SIGINT)
  143  stopped by SIGTERM

Environment:
  PAGECRYPT_ENGINE  the best engine to use: portable, rustcrypto, aesni, avx2, vaes256, avx512,
                    avx512ifma, vaes512, neon, armv8; only those that `pagecrypt ciphers` lists run on this CPU";

pub(crate) const KEYGEN: &str = "\
Examples:
  pagecrypt keygen --out app.key
  pagecrypt keygen --cipher aegis128l --encoding hex --out app.key
  pagecrypt keygen > app.key

A lost key is lost data: keep a copy of FILE where the database is not. \
FILE is written whole or not at all, and never replaced without --force.

Exit codes: 0 done, 1 FILE exists or cannot be written, 2 wrong usage";

pub(crate) const ENCRYPT: &str = "\
Examples:
  pagecrypt encrypt app.db app.enc.db --key-file app.key
  pagecrypt encrypt app.db app.enc.db --key-env APP_KEY --cipher aegis256x4
  pagecrypt encrypt app.db app.enc.db --key-stdin --force --json < app.key

SRC is only read, under SQLite's lock, and stays as it is. DST is written under a temporary name in \
its own folder (a name that ends in .pagecrypt-tmp), synced, and renamed: it is there whole or not at \
all. After a crash or a power cut such a temporary file may stay; it is never finished, delete it.

Each page gives some bytes at its end to tag and nonce (28, 32 or 48, see pagecrypt ciphers). Where SRC \
has no room for them it is rebuilt, as by VACUUM; a database with pages of 512 bytes grows to 1024 for \
the ciphers that need 48.

Exit codes: 0 done, 1 i/o failed or DST exists, 2 wrong usage, 4 SRC is damaged, 5 SRC is not a plain \
SQLite database, 6 unusable key, 7 key required, 8 SRC is locked, 129/130/143 SIGHUP/Ctrl-C/SIGTERM";

pub(crate) const DECRYPT: &str = "\
Examples:
  pagecrypt decrypt app.enc.db app.db --key-file app.key
  pagecrypt decrypt app.enc.db app.db --key-file app.key --compact
  pagecrypt decrypt app.enc.db app.db --key-stdin --quiet < app.key

DST is NOT encrypted: keep it where that is safe. SRC is only read. DST is written under a temporary \
name in its own folder (a name that ends in .pagecrypt-tmp), synced, and renamed: it is there whole or \
not at all. After a crash or a power cut such a temporary file, which holds plaintext, may stay: delete it.

--compact makes DST as small as SQLite would, and is what makes pages of 512 bytes with 48 reserved \
readable by stock SQLite.

Exit codes: 0 done, 1 i/o failed or DST exists, 2 wrong usage, 3 wrong key, 4 SRC is damaged, \
5 SRC is not encrypted, 6 unusable key, 7 key required, 8 SRC is locked, 129/130/143 SIGHUP/Ctrl-C/SIGTERM";

pub(crate) const VERIFY: &str = "\
Examples:
  pagecrypt verify app.enc.db --key-file app.key
  pagecrypt verify app.enc.db --key-env APP_KEY --threads 4 --json

Every page of DB and every frame of its -wal is authenticated; damage is listed by page and frame number, \
which both start at 1. DB is only read, and no plaintext is written anywhere.

What this format cannot tell: that pages 2 and up were exchanged for each other or for older versions of \
themselves, or that the whole file or its -wal is an older one.

Exit codes: 0 all authentic, 1 i/o failed, 2 wrong usage, 3 wrong key, 4 damaged or tampered with, \
5 not encrypted, 6 unusable key, 7 key required, 8 locked, 129/130/143 SIGHUP/Ctrl-C/SIGTERM";

pub(crate) const INSPECT: &str = "\
Examples:
  pagecrypt inspect app.enc.db
  pagecrypt inspect app.enc.db --json

Nothing of what it tells is authenticated: that needs the key, see pagecrypt verify. Sizes are in bytes.

Exit codes: 0 done, 1 i/o failed, 2 wrong usage, 4 malformed, 5 not encrypted or an unknown format";

pub(crate) const CIPHERS: &str = "\
Examples:
  pagecrypt ciphers
  pagecrypt ciphers --json

Names are read in any case, joined, hyphenated or underscored: aegis256, AEGIS-256, aegis_256. \
RESERVED: bytes at the end of each page for nonce and tag. chacha20poly1305 has no number in Turso's files.

Exit codes: 0 done, 1 i/o failed, 2 wrong usage or an unusable PAGECRYPT_ENGINE";

pub(crate) const RECORD: &str = "\
Examples:
  pagecrypt record seal --format s2 --basin events --stream audit \\
    --encryption-key-file s2.key < body > record
  pagecrypt record open --format bound --key-file app.key --framing json-lines \\
    --stream-id 8c0c4e3e04a1ad64bd3a5ad51a0b3f0a8c0c4e3e04a1ad64bd3a5ad51a0b3f0a < records.jsonl

Records are messages of any length, each sealed by itself and bound to where it belongs. See pagecrypt record seal \
--help and pagecrypt record open --help.";

pub(crate) const RECORD_SEAL: &str = "\
Examples:
  pagecrypt record seal --format s2 --basin events --stream audit \\
    --encryption-key-file s2.key < body > record
  pagecrypt record seal --format bound --key-file app.key --first-sequence 0 --framing json-lines \\
    --stream-id 8c0c4e3e04a1ad64bd3a5ad51a0b3f0a8c0c4e3e04a1ad64bd3a5ad51a0b3f0a < plain.jsonl > records.jsonl
  pagecrypt record seal --format bound --key-file app.key --token-key-file token.key \\
    --store-id 8c0c4e3e04a1ad64bd3a5ad51a0b3f0a --path notes/1 --padding padme < note > record

Framing, of standard input and output alike:
  one         all of it is one record, or one plaintext (s2: the body of a record without headers)
  length      each stands behind its length: 4 bytes, big endian
  json-lines  each is a JSON object on a line; bytes are base64, tokens hexadecimal:
    s2      {\"headers\": [[name, value], ...], \"body\": b} or {\"fence\": \"token\"} or {\"trim\": n} becomes {\"record\": b}
    stream  {\"plaintext\": b, \"clock\": n, \"sequence\": n} becomes {\"record\": b, \"sequence\": n}
    store   {\"path\": \"p\", \"type\": \"t\", \"schema\": \"s\", \"body\": b, \"clock\": n} becomes {\"record\": b, \"token\": h}
  Clock and sequence may be left out; what a line says goes before what the arguments say.

Up to 64 records are worked on at once, and what came of them is written at once. The first bad record ends the run \
with its number, from 0; what came of those before it was written. Plaintexts are limited to 1 MiB (s2) and 64 MiB (bound).

Exit codes: 0 done, 1 i/o failed, 2 wrong usage, 4 malformed input, 5 the format lacks the cipher, 6 unusable key, \
7 key required";

pub(crate) const RECORD_OPEN: &str = "\
Examples:
  pagecrypt record open --format s2 --basin events --stream audit \\
    --encryption-key-file s2.key < record
  pagecrypt record open --format bound --key-file new.key --decrypt-only-key-file old.key \\
    --stream-id 8c0c4e3e04a1ad64bd3a5ad51a0b3f0a8c0c4e3e04a1ad64bd3a5ad51a0b3f0a < record
  pagecrypt record open --format bound --key-file app.key --token-key-file token.key \\
    --store-id 8c0c4e3e04a1ad64bd3a5ad51a0b3f0a --path notes/1 < record

The framings are those of pagecrypt record seal, and so are the lines, the other way round. A record of S2 with \
headers, or a command, which nothing authenticates, opens with --framing json-lines only.

The first bad record ends the run with its number, from 0; what came of those before it was written. With --json the \
object with the error stands behind that in standard output. How many records were sealed under a key that only opens is \
told on standard error. Keys that only open are of the same cipher as the one that seals.

What no record can tell: that it is an older one of its place, or that others were left out.

Exit codes: 0 done, 1 i/o failed, 2 wrong usage, 3 sealed under another key (bound), 4 forged, damaged, or of another \
place or key, 5 not encrypted, or an unknown format, 6 unusable key, 7 key required";

pub(crate) const BENCH: &str = "\
Examples:
  pagecrypt bench
  pagecrypt bench --cipher aegis256 --engine portable
  pagecrypt bench --seconds 20 --json

A page is 4096 bytes, and what is sealed of it is what nonce and tag leave; a record is 64 bytes. The ciphers \
take turns, so that whatever else the machine does meets all of them alike; the longer it takes, the less that counts. \
Nonces are given: drawing them is the same under every cipher.

An engine is a ceiling: a cipher that it does not serve gets the best one below it.

Exit codes: 0 done, 1 i/o failed, 2 wrong usage, unknown cipher or engine, 129/130/143 SIGHUP/Ctrl-C/SIGTERM";

pub(crate) const COMPLETIONS: &str = "\
Examples:
  pagecrypt completions bash > pagecrypt.bash
  pagecrypt completions zsh > _pagecrypt
  pagecrypt completions fish > pagecrypt.fish";

pub(crate) const MAN: &str = "\
Examples:
  pagecrypt man --out man1";
