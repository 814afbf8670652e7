#include <atomic>
#include <thread>
#include <vector>

#include <doctest/doctest.h>
#include <pagecrypt.hpp>

#include "vectors.hpp"

using pagecrypt::Cipher;

TEST_CASE("eight threads share one key, one codec and one reader") {
    constexpr int threads = 8, rounds = 50;
    const pagecrypt::Key key = pagecrypt::Key::generate(Cipher::aegis256);
    const pagecrypt::PageCodec codec = pagecrypt::PageCodec::turso(key, 512);
    const pagecrypt::PageReader reader = pagecrypt::PageReader::open(
        vectors::path("turso/aegis256-4096-small.db"),
        pagecrypt::Key::from_text("4303835854832fee55b558d2b0a6c7441496cdddfb5c74eab5707e62b5d63ef2"));
    Bytes expected(static_cast<std::size_t>(reader.length()));
    reader.read_pages(1, expected);
    std::atomic<int> right{0};
    std::vector<std::thread> running;
    for (int thread = 0; thread < threads; ++thread) {
        running.emplace_back([&, thread] {
            for (int round = 0; round < rounds; ++round) {
                Bytes pages(4 * 512, static_cast<std::uint8_t>(thread));
                for (std::size_t page = 0; page < 4; ++page) {
                    std::fill_n(pages.begin() + static_cast<std::ptrdiff_t>((page + 1) * 512 - 48), 48,
                                std::uint8_t(0));
                }
                const Bytes plain = pages;
                codec.seal_pages(2, pages);
                codec.open_pages(2, pages);
                Bytes nonce(32), text(100, 5), tag(16);
                nonce[0] = static_cast<std::uint8_t>(thread);
                nonce[1] = static_cast<std::uint8_t>(round);
                seal_one_assume_unique_nonce(key, nonce, {}, text, text, tag);
                open_one(key, nonce, {}, text, text, tag);
                Bytes read(4096);
                const std::size_t offset = static_cast<std::size_t>(thread * 4096 + round);
                const bool same =
                    reader.read_at(offset, read) == read.size() &&
                    std::equal(read.begin(), read.end(), expected.begin() + static_cast<std::ptrdiff_t>(offset));
                right += pages == plain && text == Bytes(100, 5) && same && key.clone() == key;
            }
        });
    }
    for (std::thread &thread : running) {
        thread.join();
    }
    CHECK(right == threads * rounds);
    CHECK(key.seals() == threads * rounds * 4);
}

TEST_CASE("eight threads share one record codec and one store codec") {
    constexpr int threads = 8, rounds = 50;
    const pagecrypt::Key key = pagecrypt::Key::generate(Cipher::aegis256);
    const auto records = pagecrypt::RecordCodec::bound(key, pagecrypt::Context::stream({}));
    const pagecrypt::StoreCodec store(key, {}, pagecrypt::TokenKey::generate(), pagecrypt::Padding::padme);
    std::atomic<int> right{0};
    std::vector<std::thread> running;
    for (int thread = 0; thread < threads; ++thread) {
        running.emplace_back([&, thread] {
            for (int round = 0; round < rounds; ++round) {
                pagecrypt::RecordBatch texts;
                std::vector<pagecrypt::Place> places(4);
                for (std::size_t i = 0; i < places.size(); ++i) {
                    texts.append(Bytes(i * 100, static_cast<std::uint8_t>(thread)));
                    places[i].sequence = static_cast<std::uint64_t>(round);
                }
                const auto opened = records.open_batch(records.seal_batch(texts, places), places);
                const Bytes path(3, static_cast<std::uint8_t>(round)), body(100, 5);
                const auto sealed = store.seal({path, {}, {}, body, {}});
                const auto entry = store.open(sealed.token, sealed.record);
                right += opened.bytes == texts.bytes &&
                         std::equal(body.begin(), body.end(), entry.entry().body.begin(), entry.entry().body.end());
            }
        });
    }
    for (std::thread &thread : running) {
        thread.join();
    }
    CHECK(right == threads * rounds);
}
