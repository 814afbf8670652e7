// A buffer pool over an encrypted page file: pages are plain in memory and sealed on their way to the disk.
//
//     c++ -std=c++17 page_file.cpp -o page_file $(pkg-config --cflags --libs pagecrypt)
//     ./page_file FILE
//
// FILE is made anew. Dirty pages that lie side by side are sealed in one call, which is faster than one by one.
// Page 1 is left out: Turso's format wants SQLite's header there.

#include <cstdint>
#include <cstdio>
#include <cstring>
#include <fstream>
#include <map>
#include <string>
#include <vector>

#include <pagecrypt.hpp>

class BufferPool {
public:
    static constexpr std::size_t page_size = 4096;
    using Page = std::vector<std::uint8_t>;

    BufferPool(const std::string &path, const pagecrypt::Key &key)
        : codec_(pagecrypt::PageCodec::turso(key, page_size)),
          file_(path, std::ios::in | std::ios::out | std::ios::binary | std::ios::trunc) {
        file_.exceptions(std::ios::failbit | std::ios::badbit);
    }

    /// How many bytes of a page its user has; the rest is for nonce and tag, and stays zero.
    [[nodiscard]] std::size_t usable() const { return page_size - codec_.reserved_length(); }

    /// A page to be written to: it is on disk after flush().
    Page &write(std::uint32_t number) { return dirty_.try_emplace(number, page_size).first->second; }

    /// A page as it was last written; throws pagecrypt::AuthenticationFailed where the file was tampered with.
    Page read(std::uint32_t number) {
        if (const auto page = dirty_.find(number); page != dirty_.end()) {
            return page->second;
        }
        Page page(page_size);
        file_.seekg(offset(number));
        file_.read(reinterpret_cast<char *>(page.data()), page_size);
        codec_.open_pages(number, page);
        return page;
    }

    /// Seals and writes all dirty pages; returns how many runs there were.
    int flush() {
        int runs = 0;
        for (auto next = dirty_.begin(); next != dirty_.end(); ++runs) {
            const std::uint32_t first = next->first;
            std::vector<std::uint8_t> run;
            for (std::uint32_t number = first; next != dirty_.end() && next->first == number; ++number, ++next) {
                run.insert(run.end(), next->second.begin(), next->second.end());
            }
            codec_.seal_pages(first, run); // fresh nonces; after an error, nothing is sealed
            file_.seekp(offset(first));
            file_.write(reinterpret_cast<const char *>(run.data()), static_cast<std::streamsize>(run.size()));
        }
        file_.flush();
        dirty_.clear();
        return runs;
    }

private:
    static std::streamoff offset(std::uint32_t number) {
        return std::streamoff(number - 1) * std::streamoff(page_size);
    }

    pagecrypt::PageCodec codec_;
    std::fstream file_;
    std::map<std::uint32_t, Page> dirty_;
};

int main(int argc, char **argv) {
    if (argc != 2) {
        std::fprintf(stderr, "usage: page_file FILE\n");
        return 2;
    }
    try {
        const pagecrypt::Key key = pagecrypt::Key::generate(pagecrypt::Cipher::aegis256);
        BufferPool pool(argv[1], key);
        for (std::uint32_t number = 2; number <= 101; ++number) {
            const std::string text = "this is page " + std::to_string(number);
            std::memcpy(pool.write(number == 101 ? 200 : number).data(), text.data(), text.size());
        }
        std::printf("100 pages written in %d runs\n", pool.flush());
        std::printf("page 42 says: %s\n", reinterpret_cast<const char *>(pool.read(42).data()));

        std::fstream(argv[1], std::ios::in | std::ios::out | std::ios::binary).seekp(41 * 4096 + 7).put('!');
        try {
            (void)pool.read(42);
        } catch (const pagecrypt::AuthenticationFailed &error) {
            std::printf("then somebody changed a byte: %s\n", error.what());
            return error.first() == 42 ? 0 : 1;
        }
        std::fprintf(stderr, "a changed byte went unnoticed\n");
    } catch (const std::exception &error) {
        std::fprintf(stderr, "page_file: %s\n", error.what());
    }
    return 1;
}
