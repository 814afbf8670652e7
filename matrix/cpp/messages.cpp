// Messages: 65 of 0 to 2368 bytes in one batch; ciphertexts one after the other, then the tags.

#include "matrix.hpp"

#include <algorithm>

namespace {

constexpr std::size_t message_count = 65;

struct Messages {
    Bytes nonces, associated_data, text;
    std::vector<std::size_t> associated_data_offsets{0}, offsets{0};

    explicit Messages(std::size_t nonce_length) {
        for (std::size_t i = 0; i < message_count; ++i) {
            nonces.insert(nonces.end(), nonce_length, static_cast<std::uint8_t>(i));
            associated_data.insert(associated_data.end(), i, static_cast<std::uint8_t>(i));
            for (std::size_t j = 0; j < 37 * i; ++j) {
                text.push_back(static_cast<std::uint8_t>(i + j));
            }
            associated_data_offsets.push_back(associated_data.size());
            offsets.push_back(text.size());
        }
    }
};

} // namespace

Outcome write_messages(const Place &place) {
    Messages messages(nonce_length(place.key.cipher()));
    Bytes tags(message_count * pagecrypt::tag_length);
    pagecrypt::SealBatch batch;
    batch.nonces = messages.nonces;
    batch.associated_data = messages.associated_data;
    batch.associated_data_offsets = messages.associated_data_offsets;
    batch.from = messages.text;
    batch.to = messages.text;
    batch.offsets = messages.offsets;
    batch.tags = tags;
    seal_batch_assume_unique_nonces(place.key, batch);
    messages.text.insert(messages.text.end(), tags.begin(), tags.end());
    write_bytes(place.path("messages"), messages.text);
    return Outcome::ok;
}

Outcome read_messages(const Place &place) {
    const Messages expected(nonce_length(place.key.cipher()));
    const Bytes file = read_bytes(place.path("messages"));
    const std::size_t length = expected.text.size();
    if (file.size() != length + message_count * pagecrypt::tag_length) {
        throw Failure(std::to_string(file.size()) + " bytes");
    }
    const pagecrypt::bytes_view whole = file;
    Bytes text(length), opened(message_count);
    pagecrypt::OpenBatch batch;
    batch.nonces = expected.nonces;
    batch.associated_data = expected.associated_data;
    batch.associated_data_offsets = expected.associated_data_offsets;
    batch.from = whole.subview(0, length);
    batch.to = text;
    batch.offsets = expected.offsets;
    batch.tags = whole.subview(length, file.size() - length);
    batch.opened = opened;
    open_batch(place.key, batch);
    if (std::count(opened.begin(), opened.end(), 1) != static_cast<std::ptrdiff_t>(message_count)) {
        throw Failure("not every message is said to be open");
    }
    compare("messages", text, expected.text);
    return Outcome::ok;
}
