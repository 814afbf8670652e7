/// \file
/// Records, or their plaintexts, that are worked on together.
#ifndef PAGECRYPT_RECORD_BATCH_HPP
#define PAGECRYPT_RECORD_BATCH_HPP

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <utility>
#include <vector>

#include "error.hpp"
#include "place.hpp"
#include "status.hpp"
#include "view.hpp"

namespace pagecrypt {

/// Records, or plaintexts, of any lengths, one behind the other. A plain value.
struct RecordBatch {
    std::vector<std::uint8_t> bytes;        ///< All of them.
    std::vector<std::size_t> offsets = {0}; ///< Where each begins, and where the last one ends.

    /// How many there are.
    [[nodiscard]] std::size_t size() const noexcept { return offsets.empty() ? 0 : offsets.size() - 1; }

    /// Number `index`, from 0. Valid until the batch is changed.
    /// \throws std::out_of_range where there is none
    [[nodiscard]] bytes_view operator[](std::size_t index) const {
        const std::size_t start = offsets_view(offsets).subview(index, 2)[0];
        return bytes_view(bytes).subview(start, offsets[index + 1] - start);
    }

    /// Puts one more behind the last.
    void append(bytes_view one) {
        if (offsets.empty()) { // of a batch that was moved from
            bytes.clear();
            offsets.push_back(0);
        }
        bytes.insert(bytes.end(), one.begin(), one.end());
        offsets.push_back(bytes.size());
    }
};

/// A RecordBatch to be read, or bytes and offsets that lie elsewhere. Owns nothing.
struct RecordBatchView {
    bytes_view bytes;
    offsets_view offsets; ///< One more than there are records, ascending, the last not behind the bytes.

    RecordBatchView(const RecordBatch &batch) noexcept : bytes(batch.bytes), offsets(batch.offsets) {}
    RecordBatchView(bytes_view all, offsets_view where) noexcept : bytes(all), offsets(where) {}
};

namespace detail {

[[nodiscard]] inline offsets_view checked_offsets(const RecordBatchView &batch) {
    if (batch.offsets.empty()) {
        raise_invalid_argument("a batch has one offset more than records");
    }
    return batch.offsets;
}

/// The places of a batch as C takes them, which point at the tokens of these; none where none are given.
[[nodiscard]] inline std::vector<pagecrypt_place> checked_places(std::size_t count, View<const Place> places) {
    if (!places.empty() && places.size() != count) {
        raise_invalid_argument("a batch has as many places as records, or none");
    }
    std::vector<pagecrypt_place> c_places(places.size());
    std::transform(places.begin(), places.end(), c_places.begin(), c_place);
    return c_places;
}

inline void require_offsets(std::size_t count, View<std::size_t> to_offsets) {
    if (to_offsets.size() != count + 1) {
        raise_invalid_argument("a batch has one offset more than records");
    }
}

[[nodiscard]] inline bool all_ok(View<const Status> statuses) noexcept {
    return std::all_of(statuses.begin(), statuses.end(), [](Status status) { return status == Status::ok; });
}

/// The statuses of a batch, which C writes as numbers.
class Statuses {
public:
    Statuses(std::size_t count, View<Status> to) : to_(to), numbers_(to.size()) {
        if (!to.empty() && to.size() != count) {
            raise_invalid_argument("a batch has as many statuses as records, or none");
        }
    }

    /// Null where nobody asks for them.
    [[nodiscard]] pagecrypt_status *out() noexcept { return numbers_.empty() ? nullptr : numbers_.data(); }

    /// To where they were asked for.
    void copy() const noexcept {
        std::transform(numbers_.begin(), numbers_.end(), to_.begin(),
                       [](pagecrypt_status status) { return static_cast<Status>(status); });
    }

private:
    View<Status> to_;
    std::vector<pagecrypt_status> numbers_;
};

} // namespace detail

} // namespace pagecrypt

#endif
