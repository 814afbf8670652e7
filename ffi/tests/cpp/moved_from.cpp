#include <functional>
#include <type_traits>
#include <utility>
#include <vector>

#include <doctest/doctest.h>
#include <pagecrypt.hpp>

#include "vectors.hpp"

using pagecrypt::Cipher;
using pagecrypt::Key;
using pagecrypt::PageCodec;

namespace {

/// Whatever is asked of a moved-from object is refused, and it can be given a new value, itself too.
template <class Object>
void refuses(Object object, const std::vector<std::function<void(Object &)>> &uses) {
    static_assert(!std::is_copy_constructible_v<Object> && !std::is_copy_assignable_v<Object>);
    static_assert(std::is_nothrow_move_constructible_v<Object> && std::is_nothrow_move_assignable_v<Object>);
    for (const auto &use : uses) {
        use(object); // it works before
    }
    CHECK(static_cast<bool>(object));
    Object other = std::move(object);
    CHECK(!static_cast<bool>(object));
    for (const auto &use : uses) {
        const auto error = thrown<pagecrypt::InvalidArgument>([&] { use(object); });
        CHECK(error.status() == pagecrypt::Status::invalid_argument);
        CHECK(std::string(error.what()) == "invalid argument: this object was moved from");
        use(other);
    }
    Object &same = object;
    object = std::move(same); // moved from, onto itself
    CHECK(!static_cast<bool>(object));
    Object &also_same = other;
    other = std::move(also_same);
    CHECK(static_cast<bool>(other));
    object = std::move(other);
    for (const auto &use : uses) {
        use(object);
    }
    std::swap(object, other);
    CHECK(!static_cast<bool>(object));
    std::swap(object, other);
    CHECK(static_cast<bool>(object));
}

} // namespace

TEST_CASE("a moved-from key is refused everywhere") {
    const Key another = vectors::key(Cipher::aegis256);
    Bytes nonce(32), tag(16), bytes(32);
    const std::vector<std::size_t> offsets = {0};
    std::vector<char> text(65);
    const Folder folder;
    const auto plain = vectors::path("turso/aegis256-4096-small.plain.db");
    refuses<Key>(
        vectors::key(Cipher::aegis256),
        {
            [](Key &key) { (void)key.cipher(); },
            [](Key &key) { (void)key.engine(); },
            [](Key &key) { (void)key.seals(); },
            [](Key &key) { (void)key.handle(); },
            [](Key &key) { (void)key.clone(); },
            [](Key &key) { (void)key.with_engine(pagecrypt::Engine::portable); },
            [](Key &key) { (void)key.with_cipher(Cipher::aegis256x2); },
            [&](Key &key) { key.bytes(bytes); },
            [&](Key &key) { (void)key.text(pagecrypt::Encoding::hex, text); },
            [](Key &key) { (void)key.text(pagecrypt::Encoding::hex); },
            [&](Key &key) { (void)(key == another); },
            [&](Key &key) { (void)(another != key); },
            [](Key &key) { (void)PageCodec::turso(key, 512); },
            [&](Key &key) { seal_one_assume_unique_nonce(key, nonce, {}, {}, {}, tag); },
            [&](Key &key) {
                seal_one_assume_unique_nonce(another, nonce, {}, {}, {}, tag);
                open_one(key, nonce, {}, {}, {}, tag);
            },
            [&](Key &key) {
                seal_batch_assume_unique_nonces(key, {{}, {}, {}, {}, {}, offsets, {}});
            },
            [&](Key &key) {
                open_batch(key, {{}, {}, {}, {}, {}, offsets, {}, {}});
            },
            [&](Key &key) { pagecrypt::encrypt_file(plain, folder / "e", key, pagecrypt::FileOptions().force(true)); },
            [&](Key &key) {
                pagecrypt::encrypt_file(plain, folder / "e", another, pagecrypt::FileOptions().force(true));
                pagecrypt::decrypt_file(folder / "e", folder / "d", key, pagecrypt::FileOptions().force(true));
            },
            [&](Key &key) {
                pagecrypt::decrypt_file_compact(folder / "e", folder / "c", key, pagecrypt::FileOptions().force(true));
            },
            [&](Key &key) { (void)pagecrypt::verify_file(folder / "e", key); },
            [&](Key &key) { (void)pagecrypt::PageReader::open(folder / "e", key); },
        });
}

TEST_CASE("a moved-from codec is refused everywhere") {
    const Key key = vectors::key(Cipher::aegis256);
    const PageCodec another = PageCodec::turso(key, 512);
    const auto header = pagecrypt::WalHeader{pagecrypt::ByteOrder::little_endian, 512, 0, {}}.to_bytes();
    pagecrypt::WalChain chain = pagecrypt::WalChain::start(header);
    refuses<PageCodec>(PageCodec::turso(key, 512), {
                                                       [](PageCodec &codec) { (void)codec.cipher(); },
                                                       [](PageCodec &codec) { (void)codec.engine(); },
                                                       [](PageCodec &codec) { (void)codec.format(); },
                                                       [](PageCodec &codec) { (void)codec.page_size(); },
                                                       [](PageCodec &codec) { (void)codec.reserved_length(); },
                                                       [](PageCodec &codec) { (void)codec.frame_length(); },
                                                       [](PageCodec &codec) { (void)codec.handle(); },
                                                       [](PageCodec &codec) { codec.seal_pages(2, {}); },
                                                       [](PageCodec &codec) { codec.seal_pages_into(2, {}, {}); },
                                                       [](PageCodec &codec) { codec.open_pages(2, {}); },
                                                       [](PageCodec &codec) { codec.open_pages_into(2, {}, {}); },
                                                       [&](PageCodec &codec) { codec.seal_frames(chain, {}); },
                                                       [](PageCodec &codec) { codec.open_frames(1, {}); },
                                                       [](PageCodec &codec) { codec.open_frames_into(1, {}, {}); },
                                                   });
    using pagecrypt::WalChain;
    refuses<WalChain>(WalChain::start(header), {
                                                   [](WalChain &moved) { (void)moved.checksum(); },
                                                   [](WalChain &moved) { (void)moved.accept(Bytes(536)); },
                                                   [](WalChain &moved) { (void)moved.handle(); },
                                                   [&](WalChain &moved) { another.seal_frames(moved, {}); },
                                               });
}

TEST_CASE("a moved-from reader, summary, report or inspection is refused everywhere") {
    const Folder folder;
    const Key key = vectors::key(Cipher::aegis256);
    const auto plain = vectors::path("turso/aegis256-4096-small.plain.db");
    using pagecrypt::Summary;
    refuses<Summary>(pagecrypt::encrypt_file(plain, folder / "e", key),
                     {
                         [](Summary &s) { (void)s.cipher(); },
                         [](Summary &s) { (void)s.engine(); },
                         [](Summary &s) { (void)s.way(); },
                         [](Summary &s) { (void)s.source_page_size(); },
                         [](Summary &s) { (void)s.page_size(); },
                         [](Summary &s) { (void)s.pages(); },
                         [](Summary &s) { (void)s.bytes(); },
                         [](Summary &s) { (void)s.frames_applied(); },
                     });
    using pagecrypt::VerifyReport;
    refuses<VerifyReport>(pagecrypt::verify_file(folder / "e", key),
                          {
                              [](VerifyReport &r) { (void)r.is_intact(); },
                              [](VerifyReport &r) { (void)r.status(); },
                              [](VerifyReport &r) { r.require_intact(); },
                              [](VerifyReport &r) { (void)r.cipher(); },
                              [](VerifyReport &r) { (void)r.engine(); },
                              [](VerifyReport &r) { (void)r.page_size(); },
                              [](VerifyReport &r) { (void)r.pages(); },
                              [](VerifyReport &r) { (void)r.pages_checked(); },
                              [](VerifyReport &r) { (void)r.trailing_bytes(); },
                              [](VerifyReport &r) { (void)r.findings(); },
                              [](VerifyReport &r) { (void)r.damaged_header(); },
                              [](VerifyReport &r) { (void)r.damaged_pages(); },
                              [](VerifyReport &r) { (void)r.missing_pages(); },
                              [](VerifyReport &r) { (void)r.surplus_pages(); },
                              [](VerifyReport &r) { (void)r.foreign_pages(); },
                              [](VerifyReport &r) { (void)r.log(); },
                          });
    using pagecrypt::Inspection;
    refuses<Inspection>(pagecrypt::inspect_file(folder / "e"), {
                                                                   [](Inspection &i) { (void)i.format(); },
                                                                   [](Inspection &i) { (void)i.version(); },
                                                                   [](Inspection &i) { (void)i.cipher(); },
                                                                   [](Inspection &i) { (void)i.page_size(); },
                                                                   [](Inspection &i) { (void)i.reserved_length(); },
                                                                   [](Inspection &i) { (void)i.length(); },
                                                                   [](Inspection &i) { (void)i.pages(); },
                                                                   [](Inspection &i) { (void)i.header_pages(); },
                                                                   [](Inspection &i) { (void)i.trailing_bytes(); },
                                                                   [](Inspection &i) { (void)i.problem(); },
                                                                   [](Inspection &i) { (void)i.hot_journal(); },
                                                                   [](Inspection &i) { (void)i.log(); },
                                                               });
    using pagecrypt::PageReader;
    Bytes page(4096);
    refuses<PageReader>(PageReader::open(folder / "e", key), {
                                                                 [](PageReader &r) { (void)r.cipher(); },
                                                                 [](PageReader &r) { (void)r.page_size(); },
                                                                 [](PageReader &r) { (void)r.page_count(); },
                                                                 [](PageReader &r) { (void)r.length(); },
                                                                 [](PageReader &r) { (void)r.frames_applied(); },
                                                                 [&](PageReader &r) { r.read_pages(1, page); },
                                                                 [&](PageReader &r) { (void)r.read_at(3, page); },
                                                                 [](PageReader &r) { r.check_unchanged(); },
                                                                 [](PageReader &r) { (void)r.handle(); },
                                                             });
}

TEST_CASE("a moved-from record codec, store codec or token key is refused everywhere") {
    using pagecrypt::RecordCodec;
    using pagecrypt::StoreCodec;
    using pagecrypt::TokenKey;
    const Key key = vectors::key(Cipher::aegis256);
    const auto context = pagecrypt::Context::stream({});
    const Bytes record = RecordCodec::bound(key, context).seal({});
    const pagecrypt::RecordBatch none;
    std::vector<std::size_t> offsets(1);
    refuses<RecordCodec>(RecordCodec::bound(key, context),
                         {
                             [](RecordCodec &codec) { (void)codec.cipher(); },
                             [](RecordCodec &codec) { (void)codec.engine(); },
                             [](RecordCodec &codec) { (void)codec.format(); },
                             [](RecordCodec &codec) { (void)codec.key_id(); },
                             [](RecordCodec &codec) { (void)codec.handle(); },
                             [&](RecordCodec &codec) { (void)codec.with_decrypt_only_key(key); },
                             [](RecordCodec &codec) { (void)codec.sealed_length(1); },
                             [&](RecordCodec &codec) { (void)codec.opened_length(record); },
                             [&](RecordCodec &codec) { (void)codec.needs_reseal(record); },
                             [](RecordCodec &codec) { (void)codec.seal({}); },
                             [&](RecordCodec &codec) { (void)codec.open(record); },
                             [&](RecordCodec &codec) { (void)codec.reseal(record); },
                             [&](RecordCodec &codec) { (void)codec.seal_batch(none); },
                             [&](RecordCodec &codec) { (void)codec.open_batch(none); },
                             [&](RecordCodec &codec) { (void)codec.open_batch_partial(none); },
                             [&](RecordCodec &codec) { codec.seal_batch_into(none, {}, {}, offsets); },
                             [&](RecordCodec &codec) { codec.open_batch_into(none, {}, {}, offsets); },
                         });
    const Bytes command = pagecrypt::s2::encode_stored(pagecrypt::s2::Trim{1});
    refuses<RecordCodec>(RecordCodec::s2(key, {}), {[&](RecordCodec &codec) {
                             (void)pagecrypt::s2::open_stored(codec, command);
                         }});

    const TokenKey another = TokenKey::generate();
    refuses<TokenKey>(TokenKey::generate(), {
                                                [](TokenKey &token_key) {
                                                    Bytes to(32);
                                                    token_key.bytes(to);
                                                },
                                                [](TokenKey &token_key) { (void)token_key.token({}); },
                                                [](TokenKey &token_key) { (void)token_key.handle(); },
                                                [&](TokenKey &token_key) { (void)(token_key == another); },
                                                [&](TokenKey &token_key) { (void)(another != token_key); },
                                                [&](TokenKey &token_key) { (void)StoreCodec(key, {}, token_key); },
                                            });
    const auto sealed = StoreCodec(key, {}, another).seal({});
    refuses<StoreCodec>(StoreCodec(key, {}, another),
                        {
                            [](StoreCodec &codec) { (void)codec.handle(); },
                            [&](StoreCodec &codec) { (void)codec.with_decrypt_only_key(key); },
                            [](StoreCodec &codec) { (void)codec.token({}); },
                            [](StoreCodec &codec) { (void)codec.sealed_length({}); },
                            [](StoreCodec &codec) { (void)codec.seal({}); },
                            [](StoreCodec &codec) { (void)codec.seal_batch({}); },
                            [&](StoreCodec &codec) { (void)codec.open(sealed.token, sealed.record); },
                            [&](StoreCodec &codec) { (void)codec.open_batch({}, none); },
                            [&](StoreCodec &codec) { (void)codec.open_batch_partial({}, none); },
                            [&](StoreCodec &codec) { (void)codec.needs_reseal(sealed.record); },
                            [&](StoreCodec &codec) { (void)codec.reseal(sealed.token, sealed.record); },
                        });
    refuses<Key>(
        vectors::key(Cipher::aegis256),
        {
            [&](Key &moved) { (void)RecordCodec::bound(moved, context); },
            [](Key &moved) { (void)RecordCodec::s2(moved, {}); },
            [&](Key &moved) { (void)pagecrypt::key_id(moved, context); },
            [&](Key &moved) { (void)StoreCodec(moved, {}, another); },
            [&](Key &moved) {
                (void)RecordCodec::bound(key.with_cipher(Cipher::aegis256x2), context).with_decrypt_only_key(moved);
            },
        });
}
