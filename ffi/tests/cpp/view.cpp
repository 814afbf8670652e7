#include <array>
#include <cstddef>
#include <cstdint>
#include <stdexcept>
#include <string>
#include <string_view>
#include <type_traits>
#include <vector>
#if __cplusplus >= 202002L
#include <span>
#endif

#include <doctest/doctest.h>
#include <pagecrypt.hpp>

using pagecrypt::bytes_view;
using pagecrypt::mutable_bytes;

namespace {

std::size_t sum(bytes_view bytes) {
    std::size_t sum = 0;
    for (const std::uint8_t byte : bytes) {
        sum += byte;
    }
    return sum;
}

void fill(mutable_bytes bytes) {
    for (std::uint8_t &byte : bytes) {
        byte = 7;
    }
}

template <class Container>
void reads_and_writes(Container container) {
    using Element = std::remove_reference_t<decltype(container[0])>;
    fill(container);
    for (const Element element : container) {
        CHECK(element == static_cast<Element>(7));
    }
    const Container &constant = container;
    CHECK(sum(constant) == 7 * 3);
    CHECK(sum(std::move(container)) == 7 * 3);
    CHECK(bytes_view(constant).data() == static_cast<const void *>(&constant[0]));
}

template <class From, class To>
constexpr bool converts = std::is_convertible_v<From, To>;

} // namespace

TEST_CASE("bytes are viewed in every kind of container") {
    reads_and_writes(std::vector<std::uint8_t>(3));
    reads_and_writes(std::vector<char>(3));
    reads_and_writes(std::vector<std::byte>(3));
    reads_and_writes(std::array<std::uint8_t, 3>{});
    reads_and_writes(std::array<char, 3>{});
    reads_and_writes(std::array<std::byte, 3>{});
    reads_and_writes(std::string(3, 'x'));
    std::uint8_t array[3];
    fill(array);
    CHECK(sum(array) == 21);
    std::byte octets[3];
    fill(octets);
    CHECK(sum(octets) == 21);
    fill({array, 2});
    CHECK(sum({array, 2}) == 14);
    CHECK(sum(std::string_view("\1\2\3")) == 6);
    CHECK(sum({}) == 0);
    const mutable_bytes view = array;
    fill(view);
    CHECK(sum(view) == 21);
#if __cplusplus >= 202002L
    fill(std::span<std::uint8_t>(array).first(2)); // a temporary, but a view itself
    fill(std::span<std::byte>(octets));
    CHECK(sum(std::span<const std::uint8_t>(array)) == 21);
    CHECK(sum(std::span<std::byte, 3>(octets)) == 21);
    CHECK(!converts<std::span<const std::uint8_t>, mutable_bytes>);
#endif
}

TEST_CASE("what is const or would be lost is not viewed for writing, and what is not bytes not at all") {
    CHECK(converts<std::vector<std::uint8_t> &, mutable_bytes>);
    CHECK(!converts<const std::vector<std::uint8_t> &, mutable_bytes>);
    CHECK(!converts<std::vector<std::uint8_t>, mutable_bytes>);
    CHECK(!converts<std::array<std::uint8_t, 3>, mutable_bytes>);
    CHECK(!converts<std::string_view, mutable_bytes>);
    CHECK(!converts<std::string_view &, mutable_bytes>);
    CHECK(!converts<bytes_view, mutable_bytes>);
    CHECK(converts<mutable_bytes, bytes_view>);
    CHECK(converts<std::vector<std::uint8_t>, bytes_view>);
    CHECK(!converts<std::vector<int> &, bytes_view>);
    CHECK(!converts<std::vector<bool> &, bytes_view>);
    CHECK(!converts<const char(&)[4], bytes_view>);
    CHECK(!converts<const char *, bytes_view>);
    CHECK(!converts<int, bytes_view>);
    CHECK(!converts<std::vector<std::uint32_t> &, pagecrypt::offsets_view>);
    CHECK(converts<std::vector<std::size_t> &, pagecrypt::offsets_view>);
}

TEST_CASE("a part of a view lies within it") {
    const std::array<std::uint8_t, 4> bytes = {1, 2, 3, 4};
    const bytes_view view = bytes;
    CHECK(sum(view.subview(1, 2)) == 5);
    CHECK(view.subview(4, 0).empty());
    CHECK(view[3] == 4);
    CHECK(view.end() - view.begin() == 4);
    CHECK_THROWS_AS((void)view.subview(1, 4), std::out_of_range);
    CHECK_THROWS_AS((void)view.subview(5, 0), std::out_of_range);
    CHECK_THROWS_AS((void)view.subview(1, SIZE_MAX), std::out_of_range);
}

TEST_CASE("an empty view is no pointer and no length") {
    CHECK(bytes_view().data() == nullptr);
    CHECK(bytes_view().size() == 0);
    CHECK(bytes_view(std::vector<std::uint8_t>()).empty());
    CHECK(std::is_trivially_copyable_v<bytes_view>);
}
