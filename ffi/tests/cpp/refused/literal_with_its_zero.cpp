// says: bytes_view
#include <string_view>

#include <pagecrypt.hpp>

pagecrypt::bytes_view associated_data() {
    using namespace std::string_view_literals;
#ifdef REFUSED
    return "header";
#else
    return "header"sv;
#endif
}
