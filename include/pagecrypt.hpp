// libpagecrypt for C++17 and later: RAII, views and exceptions over pagecrypt.h. Header only; link libpagecrypt.
//
//     pagecrypt::Key key = pagecrypt::Key::generate(pagecrypt::Cipher::aegis256);
//     pagecrypt::PageCodec pages = pagecrypt::PageCodec::turso(key, 4096);
//     pages.seal_pages(2, buffer); // in place, each page under a fresh nonce
//     pages.open_pages(2, buffer); // throws pagecrypt::AuthenticationFailed, which says which pages failed
//
// What holds everywhere:
//
// * Failures are exceptions: pagecrypt::Error, or the subclass named after its status (error.hpp). Memory that runs out
//   is std::bad_alloc. Before an exception leaves a function, its outputs are as the function's own text says.
// * Objects own what they hold and are moved, not copied; copying a key is spelled clone(). A moved-from object may be
//   assigned to, destroyed and asked by its operator bool; any other use throws pagecrypt::InvalidArgument.
// * A const object may be used from any number of threads at once. What is not const is for one thread at a time.
// * Views (view.hpp) do not own: what they point at must outlive the call that they are passed to, no longer.
// * Lengths and offsets are bytes. Pages and frames are numbered from 1, messages and records of a batch from 0.
// * Each capability is one file, named as in C and Rust.
#ifndef PAGECRYPT_HPP
#define PAGECRYPT_HPP

#include "pagecrypt/aead.hpp"
#include "pagecrypt/bound.hpp"
#include "pagecrypt/cipher.hpp"
#include "pagecrypt/engine.hpp"
#include "pagecrypt/error.hpp"
#include "pagecrypt/file.hpp"
#include "pagecrypt/inspect.hpp"
#include "pagecrypt/key.hpp"
#include "pagecrypt/page.hpp"
#include "pagecrypt/place.hpp"
#include "pagecrypt/reader.hpp"
#include "pagecrypt/record.hpp"
#include "pagecrypt/record_batch.hpp"
#include "pagecrypt/s2.hpp"
#include "pagecrypt/status.hpp"
#include "pagecrypt/store.hpp"
#include "pagecrypt/verify.hpp"
#include "pagecrypt/version.hpp"
#include "pagecrypt/view.hpp"
#include "pagecrypt/wal.hpp"

#endif
