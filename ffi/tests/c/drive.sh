# Sourced by the scripts beside it: builds the test program in one way and runs it, after it has shown that mistakes
# would be noticed.
set -euo pipefail
tests=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
root=$(cd "$tests/../../.." && pwd)
out=$root/target/c-tests
system_libraries="-lpthread -ldl -lm"
cd "$root"
mkdir -p "$out"

# The library as `make lib` leaves it.
c_library() {
    [ -e target/c/lib/libpagecrypt.a ] && return
    echo "there is no target/c/lib/libpagecrypt.a: run make lib first" >&2
    exit 2
}

# build NAME VARIABLE=VALUE...: target/c-tests/NAME/c_tests; with PROGRAM=c_tests-PLANT_X, the one with that mistake.
build() {
    local name=$1 program=c_tests variables=()
    shift
    for variable in "$@"; do
        case $variable in PROGRAM=*) program=${variable#PROGRAM=} ;; *) variables+=("$variable") ;; esac
    done
    make -s -j2 -C "$tests" OUT="$out/$name" "${variables[@]}" "$out/$name/$program"
}

# notices WHAT PATTERN COMMAND...: the command must fail and say PATTERN.
notices() {
    local what=$1 pattern=$2
    shift 2
    if "$@" >"$out/notices.log" 2>&1; then
        echo "NOT NOTICED: $what" >&2
        exit 1
    fi
    if ! grep -Eq "$pattern" "$out/notices.log"; then
        tail -n 30 "$out/notices.log" >&2
        echo "$what: it fails, but does not say $pattern" >&2
        exit 1
    fi
    echo "noticed, as it should be: $what"
}

# One test, for the programs with a mistake in them.
one=(--only "status.success=a mistake is looked for")

freed=handles.handles_freed_twice_are_refused
