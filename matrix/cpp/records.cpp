// Files of records, each behind its length.

#include "records.hpp"

#include <algorithm>

using pagecrypt::bytes_view;

std::string numbered(std::size_t i) {
    return "record " + std::to_string(i);
}

Bytes body_of(std::size_t i) {
    Bytes body(37 * i);
    for (std::size_t j = 0; j < body.size(); ++j) {
        body[j] = static_cast<std::uint8_t>(i + j);
    }
    return body;
}

void append_record(Bytes &to, bytes_view record, bytes_view between) {
    for (int shift = 24; shift >= 0; shift -= 8) {
        to.push_back(static_cast<std::uint8_t>(record.size() >> shift));
    }
    to.insert(to.end(), between.begin(), between.end());
    to.insert(to.end(), record.begin(), record.end());
}

bytes_view Records::next(pagecrypt::mutable_bytes between) {
    std::size_t length = 0;
    for (const std::uint8_t byte : take(4)) {
        length = length << 8 | byte;
    }
    const bytes_view before = take(between.size());
    std::copy(before.begin(), before.end(), between.begin());
    return take(length);
}

void Records::require_end() const {
    if (!rest_.empty()) {
        throw Failure(std::to_string(rest_.size()) + " bytes are left");
    }
}

bytes_view Records::take(std::size_t length) {
    if (length > rest_.size()) {
        throw Failure("the file ends within a record");
    }
    const bytes_view taken = rest_.subview(0, length);
    rest_ = rest_.subview(length, rest_.size() - length);
    return taken;
}
