// C++'s program of the cross-language matrix.
//
// matrix-cpp write FOLDER VECTORS writes, matrix-cpp read FOLDER VECTORS reads what any language wrote.
// One line a row: "CAPABILITY CIPHER ok", "... refused" or "... FAILED: why".

#include "matrix.hpp"

#include <array>
#include <iostream>

namespace {

// A new capability is a row below and a row in each other program.
struct Capability {
    const char *name;
    Outcome (*write)(const Place &);
    Outcome (*read)(const Place &);
};
constexpr std::array<Capability, 6> capabilities{{
    {"messages", write_messages, read_messages},
    {"pages", write_pages, read_pages},
    {"frames", write_frames, read_frames},
    {"file", write_file, read_file},
    {"records-s2", write_records_s2, read_records_s2},
    {"records-bound", write_records_bound, read_records_bound},
}};

pagecrypt::Key key_of(Cipher cipher) {
    Bytes bytes(key_length(cipher));
    for (std::size_t i = 0; i < bytes.size(); ++i) {
        bytes[i] = static_cast<std::uint8_t>(i);
    }
    return pagecrypt::Key::from_bytes(bytes, cipher);
}

} // namespace

int main(int count, char **arguments) {
    const std::vector<std::string> given(arguments + 1, arguments + count);
    if (given.size() != 3 || (given[0] != "write" && given[0] != "read")) {
        std::cerr << "usage: matrix-cpp write|read FOLDER VECTORS\n";
        return 2;
    }
    bool failed = false;
    for (const Capability &capability : capabilities) {
        for (const Cipher cipher : pagecrypt::ciphers()) {
            std::cout << capability.name << ' ' << name(cipher) << ' ';
            try {
                const Place place{given[1], given[2], key_of(cipher)};
                const Outcome outcome = (given[0] == "read" ? capability.read : capability.write)(place);
                std::cout << (outcome == Outcome::ok ? "ok" : "refused");
            } catch (const std::exception &error) {
                failed = true;
                std::cout << "FAILED: " << error.what();
            }
            std::cout << '\n';
        }
    }
    return failed ? 1 : 0;
}
