// Package pagecrypt seals and opens database pages, write-ahead log frames and messages, and encrypts whole SQLite
// databases in the format that Turso opens. It calls libpagecrypt through cgo.
//
//   - [NewAEAD] makes a [crypto/cipher.AEAD] of a [Key]; [Key.SealBatchAssumeUniqueNonces] and [Key.OpenBatch] take many
//     messages in one call.
//   - [PageCodec] seals and opens pages and frames, any number in one call.
//   - [RecordCodec] seals and opens records, messages that are bound to their stream, store or writer: in our own format
//     and, with [S2Envelope] and [S2StoredRecord], in that of S2. [StoreCodec] does so with the entries of a store.
//   - [EncryptFile], [DecryptFile], [DecryptFileCompact], [VerifyFile] and [InspectFile] work on whole databases.
//   - [PageReader] is an [io.ReaderAt] over an encrypted database, as a plain SQLite database has its bytes.
//
// "Seal" and "open" are said of messages, records, pages and frames; "encrypt" and "decrypt" of whole files.
//
// # Errors
//
// A failed operation returns an [*Error], which [errors.Is] compares with the sentinels ([ErrWrongKey],
// [ErrAuthenticationFailed] and the others) and, where the operating system failed, with its errors ([io/fs.ErrNotExist]).
// [ErrClosed] and [ErrNoCgo] stand for themselves.
//
// # Goroutines and Close
//
// Every type may be used by any number of goroutines at once, but for the order of the calls of a [WALChain], which is
// the caller's. Close frees what lies outside Go's memory and wipes keys; it may be called at any time and more than
// once. A running operation ends as if nothing had happened, and a later one returns [ErrClosed]. What is dropped
// without a Close is freed by the garbage collector some time later.
//
// # Building
//
// By default the static library is linked that lies in lib/ beside this file, put there by the script go/bundle. With
// the build tag pagecrypt_system, pkg-config finds the installed library. Without cgo, and on platforms for which no
// library lies in lib/, the package compiles all the same and its functions return [ErrNoCgo].
package pagecrypt
