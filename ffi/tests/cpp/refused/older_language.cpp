// says: needs C++17
// with: -std=c++14
#include <pagecrypt.hpp>
