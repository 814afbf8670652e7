// says: reports failures as exceptions
// with: -fno-exceptions
#include <pagecrypt.hpp>
