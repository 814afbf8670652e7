#include <array>
#include <vector>

#include <doctest/doctest.h>
#include <pagecrypt.hpp>

#include "vectors.hpp"

using pagecrypt::Cipher;
using pagecrypt::Key;

namespace {

/// Messages of mixed lengths, the first and one in the middle empty, with associated data of other lengths.
struct Messages {
    explicit Messages(Cipher cipher) : nonces(count * nonce_length(cipher)), tags(count * pagecrypt::tag_length) {
        for (std::size_t i = 0; i < count; ++i) {
            std::fill_n(nonces.begin() + static_cast<std::ptrdiff_t>(i * nonce_length(cipher)), nonce_length(cipher),
                        static_cast<std::uint8_t>(i));
            text.resize(text.size() + (i % 4 == 0 ? 0 : 37 * i), static_cast<std::uint8_t>(i));
            offsets.push_back(text.size());
            associated_data.resize(associated_data.size() + i, static_cast<std::uint8_t>(i));
            associated_data_offsets.push_back(associated_data.size());
        }
    }

    [[nodiscard]] pagecrypt::SealBatch seal(pagecrypt::bytes_view from, pagecrypt::mutable_bytes to) {
        return {nonces, associated_data, associated_data_offsets, from, to, offsets, tags};
    }
    [[nodiscard]] pagecrypt::OpenBatch open(pagecrypt::bytes_view from, pagecrypt::mutable_bytes to) {
        return {nonces, associated_data, associated_data_offsets, from, to, offsets, tags, opened};
    }

    static constexpr std::size_t count = 20;
    Bytes nonces, tags, text, associated_data;
    std::vector<std::size_t> offsets = {0}, associated_data_offsets = {0};
    Bytes opened = Bytes(count, 0xc3);
};

} // namespace

TEST_CASE("messages are sealed and opened, one by one and together, in place and apart") {
    for (const Cipher cipher : pagecrypt::ciphers()) {
        CAPTURE(name(cipher));
        const Key key = vectors::key(cipher);
        Messages messages(cipher);
        Bytes apart(messages.text.size()), in_place = messages.text;
        seal_batch_assume_unique_nonces(key, messages.seal(messages.text, apart));
        const Bytes tags = messages.tags;
        seal_batch_assume_unique_nonces(key, messages.seal(in_place, in_place));
        CHECK(in_place == apart);
        CHECK(messages.tags == tags);
        CHECK(apart != messages.text);

        // The same, one at a time.
        const pagecrypt::bytes_view text = messages.text, associated_data = messages.associated_data;
        for (std::size_t i = 0; i < Messages::count; ++i) {
            const std::size_t start = messages.offsets[i], length = messages.offsets[i + 1] - start;
            const auto nonce =
                pagecrypt::bytes_view(messages.nonces).subview(i * nonce_length(cipher), nonce_length(cipher));
            const auto data = associated_data.subview(messages.associated_data_offsets[i], i);
            Bytes one(length);
            std::array<std::uint8_t, pagecrypt::tag_length> tag;
            seal_one_assume_unique_nonce(key, nonce, data, text.subview(start, length), one, tag);
            CHECK(std::equal(one.begin(), one.end(), apart.begin() + static_cast<std::ptrdiff_t>(start)));
            CHECK(std::equal(tag.begin(), tag.end(), tags.begin() + static_cast<std::ptrdiff_t>(i * tag.size())));
            open_one(key, nonce, data, one, one, tag);
            CHECK(std::equal(one.begin(), one.end(), messages.text.begin() + static_cast<std::ptrdiff_t>(start)));
        }

        Bytes opened(apart.size());
        open_batch(key, messages.open(apart, opened));
        CHECK(opened == messages.text);
        CHECK(messages.opened == Bytes(Messages::count, 1));
        open_batch(key, messages.open(in_place, in_place));
        CHECK(in_place == messages.text);
        CHECK(key.seals() == 0); // nonces were the caller's
    }
}

TEST_CASE("of a batch, the messages that are not authentic are named and zeroed, the others are open") {
    const Cipher cipher = Cipher::aegis128l;
    const Key key = vectors::key(cipher);
    Messages messages(cipher);
    Bytes sealed(messages.text.size()), opened(messages.text.size(), 0xc3);
    seal_batch_assume_unique_nonces(key, messages.seal(messages.text, sealed));
    messages.tags[3 * pagecrypt::tag_length] ^= 1;
    sealed[messages.offsets[7]] ^= 0x80;
    const auto error = thrown<pagecrypt::AuthenticationFailed>([&] { open_batch(key, messages.open(sealed, opened)); });
    CHECK(error.unit() == pagecrypt::Unit::message);
    CHECK(error.first() == 3);
    CHECK(error.count() == 2);
    for (std::size_t i = 0; i < Messages::count; ++i) {
        const bool failed = i == 3 || i == 7;
        CHECK(messages.opened[i] == (failed ? 0 : 1));
        for (std::size_t at = messages.offsets[i]; at < messages.offsets[i + 1]; ++at) {
            REQUIRE(opened[at] == (failed ? 0 : messages.text[at]));
        }
    }
    pagecrypt::OpenBatch without_opened = messages.open(sealed, opened);
    without_opened.opened = {};
    thrown<pagecrypt::AuthenticationFailed>([&] { open_batch(key, without_opened); });
}

TEST_CASE("a batch may have no messages and no associated data") {
    const Key key = vectors::key(Cipher::aegis256);
    const std::array<std::size_t, 1> none = {0};
    pagecrypt::SealBatch empty = {};
    empty.offsets = none;
    seal_batch_assume_unique_nonces(key, empty);
    pagecrypt::OpenBatch nothing = {};
    nothing.offsets = none;
    open_batch(key, nothing);

    Bytes nonce(32), text(100, 5), tag(16), single = text, single_tag(16);
    const std::array<std::size_t, 2> offsets = {0, 100};
    pagecrypt::SealBatch batch = {};
    batch.nonces = nonce;
    batch.from = text;
    batch.to = text;
    batch.offsets = offsets;
    batch.tags = tag;
    seal_batch_assume_unique_nonces(key, batch);
    seal_one_assume_unique_nonce(key, nonce, {}, single, single, single_tag);
    CHECK(text == single);
    CHECK(tag == single_tag);
}

TEST_CASE("a batch whose lengths do not fit together is refused untouched") {
    const Key key = vectors::key(Cipher::aegis256);
    Messages messages(Cipher::aegis256);
    Bytes to(messages.text.size(), 0xc3);
    const Bytes untouched = to;
    const pagecrypt::SealBatch good = messages.seal(messages.text, to);
    const pagecrypt::OpenBatch good_opening = messages.open(messages.text, to);
    const std::vector<std::size_t> few(messages.offsets.begin(), messages.offsets.end() - 1);
    std::vector<std::size_t> descending = messages.offsets, beyond = messages.offsets;
    std::swap(descending[3], descending[6]);
    beyond.back() += 1;

    const auto refused = [&](auto expected, auto change) {
        using Expected = decltype(expected);
        pagecrypt::SealBatch sealing = good;
        change(sealing);
        thrown<typename Expected::type>([&] { seal_batch_assume_unique_nonces(key, sealing); });
        pagecrypt::OpenBatch opening = good_opening;
        change(opening);
        thrown<typename Expected::type>([&] { open_batch(key, opening); });
        CHECK(to == untouched);
    };
    struct Length {
        using type = pagecrypt::BufferLength;
    };
    struct Argument {
        using type = pagecrypt::InvalidArgument;
    };
    refused(Length(), [](auto &batch) { batch.nonces = batch.nonces.subview(1, batch.nonces.size() - 1); });
    refused(Length(), [](auto &batch) { batch.tags = batch.tags.subview(0, 16); });
    refused(Length(), [](auto &batch) { batch.to = batch.to.subview(0, batch.to.size() - 1); });
    refused(Length(), [](auto &batch) { batch.from = batch.from.subview(0, batch.from.size() - 1); });
    refused(Length(), [&](auto &batch) {
        batch.offsets = few;
        batch.associated_data_offsets = {};
        batch.associated_data = {};
    });
    refused(Argument(), [&](auto &batch) { batch.associated_data_offsets = few; });
    refused(Argument(), [](auto &batch) { batch.associated_data_offsets = {}; });
    refused(Argument(), [](auto &batch) { batch.offsets = {}; });
    refused(Argument(), [&](auto &batch) { batch.offsets = descending; });
    refused(Argument(), [&](auto &batch) { batch.offsets = beyond; });
    refused(Argument(), [&](auto &batch) { batch.associated_data = {}; });

    pagecrypt::OpenBatch opening = good_opening;
    opening.opened = opening.opened.subview(1, Messages::count - 1);
    const auto error = thrown<pagecrypt::BufferLength>([&] { open_batch(key, opening); });
    CHECK(error.expected() == Messages::count);
    CHECK(error.got() == Messages::count - 1);
    CHECK(to == untouched);
    CHECK(messages.opened == Bytes(Messages::count, 0xc3));
}

TEST_CASE("buffers of one message that overlap or have another length are refused untouched") {
    const Key key = vectors::key(Cipher::aegis256);
    Bytes nonce(32), buffer(200, 9), tag(16, 0xc3);
    const Bytes before = buffer;
    const pagecrypt::mutable_bytes all = buffer;
    const auto seal = [&](auto from, auto to, pagecrypt::mutable_bytes tag_at) {
        seal_one_assume_unique_nonce(key, nonce, {}, from, to, tag_at);
    };
    thrown<pagecrypt::Overlap>([&] { seal(all.subview(0, 100), all.subview(50, 100), tag); });
    thrown<pagecrypt::Overlap>([&] { seal(all.subview(0, 100), all.subview(0, 100), all.subview(90, 16)); });
    thrown<pagecrypt::BufferLength>([&] { seal(all.subview(0, 100), all.subview(100, 99), tag); });
    for (const std::size_t length : {0u, 15u}) {
        const auto error =
            thrown<pagecrypt::BufferLength>([&] { seal(all, all, pagecrypt::mutable_bytes(tag).subview(0, length)); });
        CHECK(error.expected() == 16);
        CHECK(error.got() == length);
        thrown<pagecrypt::BufferLength>(
            [&] { open_one(key, nonce, {}, all, all, pagecrypt::bytes_view(tag).subview(0, length)); });
    }
    CHECK(buffer == before);
    CHECK(tag == Bytes(16, 0xc3));
}
