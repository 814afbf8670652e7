// Bound records: 65 of a stream, 65 of a writer, 65 of a store behind their tokens.

#include "records.hpp"

#include <array>

namespace {

template <class Array>
Array filled(std::uint8_t with) {
    Array array;
    array.fill(with);
    return array;
}

const auto stream_id = filled<pagecrypt::StreamId>(1);

pagecrypt::RecordCodec of_stream(const Place &place) {
    return pagecrypt::RecordCodec::bound(place.key, pagecrypt::Context::stream(stream_id));
}

pagecrypt::RecordCodec of_writer(const Place &place) {
    const auto context = pagecrypt::Context::writer(stream_id, filled<pagecrypt::WriterId>(2));
    return pagecrypt::RecordCodec::bound(place.key, context);
}

pagecrypt::StoreCodec of_store(const Place &place) {
    const auto token_key = pagecrypt::TokenKey::from_bytes(filled<std::array<std::uint8_t, 32>>(4));
    return {place.key, filled<pagecrypt::StoreId>(3), token_key, pagecrypt::Padding::padme};
}

// Where records of the stream stand.
std::vector<pagecrypt::Place> places_of_stream() {
    std::vector<pagecrypt::Place> places(record_count);
    for (std::size_t i = 0; i < record_count; ++i) {
        places[i].sequence = i;
        if (i % 2 == 0) {
            places[i].clock = 1000 + i;
        }
    }
    return places;
}

pagecrypt::RecordBatch bodies() {
    pagecrypt::RecordBatch bodies;
    for (std::size_t i = 0; i < record_count; ++i) {
        bodies.append(body_of(i));
    }
    return bodies;
}

// The paths and bodies of the store's entries; entry i has clock i.
struct Entries {
    std::vector<std::string> paths;
    pagecrypt::RecordBatch content = bodies();
    std::vector<pagecrypt::Entry> entries;

    Entries() {
        using namespace std::string_view_literals;
        for (std::size_t i = 0; i < record_count; ++i) {
            paths.push_back("path/" + std::to_string(i));
        }
        for (std::size_t i = 0; i < record_count; ++i) {
            entries.push_back({paths[i], "t"sv, "1"sv, content[i], i});
        }
    }
    Entries(const Entries &) = delete;
    Entries &operator=(const Entries &) = delete;
};

void append_records(Bytes &to, const pagecrypt::RecordBatch &records) {
    for (std::size_t i = 0; i < records.size(); ++i) {
        append_record(to, records[i]);
    }
}

void compare_batch(const std::string &what, const pagecrypt::RecordBatch &got) {
    const auto expected = bodies();
    for (std::size_t i = 0; i < record_count; ++i) {
        compare(what + numbered(i), got[i], expected[i]);
    }
}

pagecrypt::RecordBatch read_batch(Records &records) {
    pagecrypt::RecordBatch batch;
    for (std::size_t i = 0; i < record_count; ++i) {
        batch.append(records.next());
    }
    return batch;
}

template <class Expected, class Function>
void expect(const char *what, Function function) {
    try {
        function();
    } catch (const Expected &) {
        return;
    }
    throw Failure(std::string(what) + " opened");
}

void read_stream(const Place &place, Records &records) {
    const auto codec = of_stream(place);
    const auto batch = read_batch(records);
    compare_batch("the stream's ", codec.open_batch(batch, places_of_stream()));
    for (std::size_t i = 0; i < record_count; ++i) {
        const auto header = pagecrypt::RecordHeader::parse(batch[i]);
        if (header.clock != places_of_stream()[i].clock || header.key_id != codec.key_id()) {
            throw Failure("the header of the stream's " + numbered(i) + " is another");
        }
    }
    const auto other = pagecrypt::Context::stream(filled<pagecrypt::StreamId>(9));
    expect<pagecrypt::UnknownKeyId>("a record of another stream", [&] {
        (void)pagecrypt::RecordCodec::bound(place.key, other).open(batch[0], places_of_stream()[0]);
    });
    expect<pagecrypt::AuthenticationFailed>("a record of another sequence number",
                                            [&] { (void)codec.open(batch[0], places_of_stream()[1]); });
}

void read_store(const Place &place, Records &records) {
    const Entries expected;
    const auto codec = of_store(place);
    std::vector<pagecrypt::Token> tokens(record_count);
    pagecrypt::RecordBatch batch;
    for (std::size_t i = 0; i < record_count; ++i) {
        batch.append(records.next(tokens[i]));
        compare("the token of " + expected.paths[i], tokens[i], codec.token(expected.paths[i]));
    }
    const auto opened = codec.open_batch(tokens, batch);
    for (std::size_t i = 0; i < record_count; ++i) {
        compare("the path of " + expected.paths[i], opened[i].path, expected.entries[i].path);
        compare("the type of " + expected.paths[i], opened[i].type_name, expected.entries[i].type_name);
        compare("the schema of " + expected.paths[i], opened[i].schema, expected.entries[i].schema);
        compare("the body of " + expected.paths[i], opened[i].body, expected.entries[i].body);
        if (opened[i].clock != expected.entries[i].clock) {
            throw Failure("the clock of " + expected.paths[i] + " is another");
        }
    }
}

} // namespace

Outcome write_records_bound(const Place &place) {
    Bytes file;
    append_records(file, of_stream(place).seal_batch(bodies(), places_of_stream()));
    append_records(file, of_writer(place).seal_batch(bodies()));
    const auto sealed = of_store(place).seal_batch(Entries().entries);
    for (std::size_t i = 0; i < record_count; ++i) {
        append_record(file, sealed.records[i], sealed.tokens[i]);
    }
    write_bytes(place.path("records-bound"), file);
    return Outcome::ok;
}

Outcome read_records_bound(const Place &place) {
    const Bytes file = read_bytes(place.path("records-bound"));
    Records records(file);
    read_stream(place, records);
    compare_batch("the writer's ", of_writer(place).open_batch(read_batch(records)));
    read_store(place, records);
    records.require_end();
    return Outcome::ok;
}
