/// \file
/// Views: a pointer and a length, made implicitly from whatever holds bytes side by side.
#ifndef PAGECRYPT_VIEW_HPP
#define PAGECRYPT_VIEW_HPP

#if defined(_MSVC_LANG) ? _MSVC_LANG < 201703L : __cplusplus < 201703L
#error "pagecrypt.hpp needs C++17 or later"
#endif
#if !defined(__cpp_exceptions) && !defined(_CPPUNWIND)
#error "pagecrypt.hpp reports failures as exceptions: compile with them, or use pagecrypt.h"
#endif

#include <cstddef>
#include <cstdint>
#include <stdexcept>
#include <type_traits>
#include <utility>

namespace pagecrypt {

template <class T>
class View;

namespace detail {

template <class T>
inline constexpr bool is_byte =
    std::is_same_v<std::remove_cv_t<T>, std::uint8_t> || std::is_same_v<std::remove_cv_t<T>, char> ||
    std::is_same_v<std::remove_cv_t<T>, std::byte>;

/// Whether a view of T may look at elements of type U: the same type, never dropping const; for bytes also char and
/// std::byte, which have the same representation.
template <class U, class T>
inline constexpr bool viewable = (std::is_const_v<T> || !std::is_const_v<U>)&&!std::is_volatile_v<U> &&
                                 (std::is_same_v<std::remove_const_t<U>, std::remove_const_t<T>> ||
                                  (std::is_same_v<std::remove_const_t<T>, std::uint8_t> && is_byte<U>));

template <class T>
struct IsView : std::false_type {};
template <class T>
struct IsView<View<T>> : std::true_type {};

/// What data() of a container points at; void where it has no data() and size(). Overloads rather than std::void_t:
/// data() of std::vector<bool> is not accessible, which clang reports in a partial specialization.
template <class Container>
auto element_of(int) -> decltype(std::size_t(std::declval<Container &>().size()), *std::declval<Container &>().data());
template <class Container>
void element_of(...);

/// Whether a View<T> can be made of data() and size() of `Container &`.
template <class Container, class T>
inline constexpr bool contains = viewable<std::remove_reference_t<decltype(element_of<Container>(0))>, T>;

/// A temporary may be looked at where only reading is wanted (it lives until the call is over), and where it is a view
/// itself, such as std::span: its constness says nothing about its elements. A temporary container to be written into
/// is a mistake: nobody would see the result.
template <class Container, class T>
inline constexpr bool accepts_temporary = std::is_const_v<T> || contains<const std::remove_const_t<Container>, T>;

} // namespace detail

/// A pointer and a length: elements that lie side by side and belong to someone else.
///
/// Made implicitly from std::vector, std::array, std::string, std::string_view, C++20's std::span and every other type
/// with data() and size(); from arrays; from a pointer and a length. A view to be written through is not made from a
/// temporary container. Copying a view copies no element. Safe to use while what it looks at lives and stays in place.
template <class T>
class View {
public:
    using element_type = T;
    using value_type = std::remove_cv_t<T>;

    /// No elements.
    constexpr View() noexcept = default;

    /// `length` elements from `data` on; `data` may be null where `length` is 0.
    constexpr View(T *data, std::size_t length) noexcept : data_(data), size_(length) {}

    /// An array's elements. Arrays of char, such as string literals, are left out because of the zero at their end:
    /// use std::string_view.
    template <class U, std::size_t N,
              std::enable_if_t<detail::viewable<U, T> && (!std::is_same_v<std::remove_cv_t<U>, char> ||
                                                          std::is_same_v<std::remove_cv_t<T>, char>),
                               int> = 0>
    constexpr View(U (&array)[N]) noexcept : data_(cast(array)), size_(N) {}

    /// The elements of a container.
    template <class Container,
              std::enable_if_t<!detail::IsView<std::remove_const_t<Container>>::value && detail::contains<Container, T>,
                               int> = 0>
    constexpr View(Container &container) noexcept : data_(cast(container.data())), size_(container.size()) {}

    /// The elements of a temporary, where that can make sense.
    template <class Container,
              std::enable_if_t<!std::is_lvalue_reference_v<Container> && !std::is_array_v<Container> &&
                                   !detail::IsView<std::remove_const_t<Container>>::value &&
                                   detail::contains<Container, T> && detail::accepts_temporary<Container, T>,
                               int> = 0>
    constexpr View(Container &&container) noexcept : data_(cast(container.data())), size_(container.size()) {}

    /// A view for reading, of a view for writing.
    template <class U, std::enable_if_t<!std::is_same_v<U, T> && detail::viewable<U, T>, int> = 0>
    constexpr View(View<U> other) noexcept : data_(cast(other.data())), size_(other.size()) {}

    [[nodiscard]] constexpr T *data() const noexcept { return data_; }
    [[nodiscard]] constexpr std::size_t size() const noexcept { return size_; }
    [[nodiscard]] constexpr bool empty() const noexcept { return size_ == 0; }
    [[nodiscard]] constexpr T *begin() const noexcept { return data_; }
    [[nodiscard]] constexpr T *end() const noexcept { return data_ + size_; }

    /// The element `index`, which must be less than size(): not checked.
    [[nodiscard]] constexpr T &operator[](std::size_t index) const noexcept { return data_[index]; }

    /// `length` elements from `offset` on.
    /// \throws std::out_of_range where there are fewer.
    [[nodiscard]] constexpr View subview(std::size_t offset, std::size_t length) const {
        if (offset > size_ || length > size_ - offset) {
            throw std::out_of_range("pagecrypt::View::subview");
        }
        return View(data_ + offset, length);
    }

private:
    template <class U>
    static constexpr T *cast(U *pointer) noexcept {
        if constexpr (std::is_same_v<std::remove_const_t<U>, std::remove_const_t<T>>) {
            return pointer;
        } else {
            return reinterpret_cast<T *>(pointer);
        }
    }

    T *data_ = nullptr;
    std::size_t size_ = 0;
};

/// Bytes to be read.
using bytes_view = View<const std::uint8_t>;

/// Bytes to be written, or changed in place.
using mutable_bytes = View<std::uint8_t>;

/// Where the messages of a batch begin and end: message i is the bytes from offset i up to offset i + 1, so that there
/// is one offset more than messages.
using offsets_view = View<const std::size_t>;

} // namespace pagecrypt

#endif
