// What the records of S2 and the bound ones share: their contents, and files of records.
#pragma once

#include "matrix.hpp"

constexpr std::size_t record_count = 65;

std::string numbered(std::size_t i);

// The content of record i: 37 bytes for each record before it.
Bytes body_of(std::size_t i);

// Appends a record behind its length of 4 bytes, big endian, and what stands between.
void append_record(Bytes &to, pagecrypt::bytes_view record, pagecrypt::bytes_view between = {});

// Reads what append_record() wrote.
class Records {
public:
    explicit Records(pagecrypt::bytes_view file) : rest_(file) {}

    // The next record; `between`, the bytes between its length and itself, are copied where they are asked for.
    pagecrypt::bytes_view next(pagecrypt::mutable_bytes between = {});

    void require_end() const;

private:
    pagecrypt::bytes_view take(std::size_t length);

    pagecrypt::bytes_view rest_;
};
