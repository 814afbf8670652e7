// The entry point of the tests; the tests themselves are in the other files, named after what they are about.
#define DOCTEST_CONFIG_IMPLEMENT_WITH_MAIN
#include <doctest/doctest.h>
