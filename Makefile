# The two commands:
#   make demo   sets up what it needs, then does the main job on a real database
#   make test   sets up what it needs, then runs every test
# For C, C++ and Go:
#   make lib, make install PREFIX=..., make uninstall PREFIX=..., make dist
# For Python and Node:
#   make wheel, make npm, make dist
#   make docs   builds the documentation site into target/docs
#   make bench       measures beside other libraries, what the targets need; ARGS="--cipher aegis256" for a part of it
#   make bench-full  the whole grid; make bench-docs writes docs/performance.md from what `make bench` measured
#   make bench-files measures whole files; BENCH_FILES=--docs for docs/performance.md
# All work in a fresh clone. What they install beyond Debian packages goes to target/.

SHELL := /bin/bash
export PATH := $(CURDIR)/target/go/bin:$(CURDIR)/target/node/bin:$(PATH)
.NOTPARALLEL:
PREFIX ?= /usr/local
DESTDIR ?=
.PHONY: demo build lib package install uninstall wheel npm dist docs check test test-rust test-release test-features \
	test-constant-time test-no-std test-cpus test-avx512 test-aarch64 test-turso test-s2 test-vectors test-c test-c-sanitizers \
	test-cpp test-go test-python test-node test-matrix test-install test-lib-aarch64 test-checks check-sources check-documents \
	bench bench-full bench-docs bench-files

demo:
	@.ci/setup rust c python
	@.ci/step "build the command line" .ci/shipped cargo build --quiet --release -p pagecrypt-cli
	@python3 examples/demo.py target/shipped/release/pagecrypt

# The C library: target/c/include and target/c/lib. TARGET=triple builds it for another target, into target/c-triple.
lib:
	@.ci/setup rust c $(if $(findstring aarch64,$(TARGET)),aarch64)
	@.ci/step "the C library$(if $(TARGET), for $(TARGET))" ffi/package/build_library $(TARGET)

# Everything that is installed, in target/prefix, laid out like a prefix.
package: lib
	@.ci/setup rust c python
	@.ci/step "build the command line" .ci/shipped cargo build --quiet --release -p pagecrypt-cli
	@.ci/step "put the package together" python3 ffi/package/stage.py target/c target/shipped/release/pagecrypt \
		$$(rustc -vV | sed -n 's/^host: //p') target/prefix

# `make package` and then `sudo make install` works where root has no Rust.
install:
	@if command -v cargo >/dev/null || [ ! -d target/prefix ]; then $(MAKE) --no-print-directory package; \
	else echo "no Rust here: installing what was built before"; fi
	@python3 ffi/package/install.py install target/prefix "$(PREFIX)" "$(DESTDIR)"

uninstall:
	@python3 ffi/package/install.py uninstall "$(PREFIX)" "$(DESTDIR)"

# target/python-dist: the Python package as a wheel for every CPython from 3.11 on this platform, and as source.
wheel:
	@.ci/setup rust c python
	@.ci/step "the Python package" python/build_wheel

# target/npm: the Node package and its binaries for this platform, as tarballs.
npm:
	@.ci/setup rust c node
	@.ci/step "the Node package" node/package

# target/dist: libpagecrypt-VERSION-TARGET.tar.gz with its bill of materials, wheel, sdist and npm tarballs, checksums.
dist: package wheel npm
	@.ci/setup go
	@.ci/step "bundle the library with the Go module" go/bundle
	@.ci/step "pack" python3 ffi/package/dist.py target/prefix $$(rustc -vV | sed -n 's/^host: //p') target/dist \
		target/python-dist target/npm

# The documentation site, in target/docs.
docs:
	@.ci/setup rust c python
	@.ci/step "the documentation site" docs/build

build:
	@.ci/setup rust c
	.ci/shipped cargo build --release -p pagecrypt-cli

# Two chains that run at the same time: one of Rust and of what is emulated, one of the library and the languages. Where
# both compile in the same folder, cargo has them wait for each other.
RUST_TESTS := test-rust test-cpus test-avx512 test-features test-no-std test-aarch64 test-c-sanitizers test-turso test-s2 test-vectors test-checks
LANGUAGE_TESTS := test-release test-constant-time test-c test-cpp test-go test-python test-node test-matrix test-install \
	test-lib-aarch64
test:
	@.ci/side_by_side "$(RUST_TESTS)" "$(LANGUAGE_TESTS)"
	@printf '\nall test steps passed\n'

# Started in the background, this may have signals ignored, which the tests of signals could not undo.
test-rust:
	@.ci/setup rust c strace
	@.ci/step "every crate's tests" env --default-signal=HUP,INT,TERM cargo test --workspace

# Optimised builds are where compilers remove writes that nobody reads.
test-release:
	@.ci/setup rust c
	@.ci/step "secrets are wiped in the release build" \
		.ci/shipped cargo test --release -p pagecrypt-matrix --test wiping --test wiping_sqlite
	@.ci/step "secrets are wiped where all is compiled for this CPU" env RUSTFLAGS="-C target-cpu=native" \
		CARGO_TARGET_DIR=target/native cargo test --release -p pagecrypt --test wiping

# No branch and no address depends on keys and plaintexts.
test-constant-time:
	@.ci/setup rust c valgrind
	@.ci/step "nothing depends on secrets in the release build" .ci/test_constant_time

# The features that change what is compiled; the default set is in test-rust. The core takes minutes to optimise, which
# the ordinary tests do once: here it is compiled as it is. The tests of engines, slow without optimisation, run once
# more without std, where the CPU is asked in another way, and with registers of plain Rust in the place of the CPU's.
FEATURES = env RUSTFLAGS="--cfg pagecrypt_models" cargo test --config profile.dev.package.pagecrypt.opt-level=0 -p pagecrypt
test-features:
	@.ci/setup rust c
	@.ci/step "core without features" $(FEATURES) --no-default-features --lib
	@.ci/step "core with alloc" $(FEATURES) --no-default-features --features alloc --lib -- --skip engine::
	@.ci/step "core with getrandom" $(FEATURES) --no-default-features --features getrandom --lib -- --skip engine::
	@.ci/step "core with the aead crate's traits" $(FEATURES) --features aead --test typed
	@.ci/step "the aead crate's traits, documented" $(FEATURES) --features aead --doc

test-no-std:
	@.ci/step "core for a target without std" .ci/test_no_std

test-cpus:
	@.ci/step "other x86-64 CPUs, emulated" .ci/test_cpus

test-avx512:
	@.ci/setup rust c python
	@.ci/step "x86-64 with AVX-512, VAES and VPCLMULQDQ, emulated" .ci/test_avx512

test-aarch64:
	@.ci/step "64-bit ARM, emulated" .ci/test_aarch64

test-turso:
	@.ci/step "set up Turso" .ci/venv
	@.ci/step "build the command line" .ci/shipped cargo build --quiet --release -p pagecrypt-cli
	@.ci/step "against Turso itself" target/venv/bin/python -m pytest -q peers/turso

# Both directions; how fast beside S2's functions: cargo run --release --example throughput in peers/s2.
test-s2:
	@.ci/setup rust c
	@.ci/step "against S2's own code" peers/s2/run_tests

# Another implementation of bound records, written from docs/format.md alone: the core's tests read what it writes, and it
# reads what the command seals.
test-vectors:
	@.ci/step "set up the other implementation" .ci/venv
	@.ci/step "bound records by another implementation" target/venv/bin/python vectors/records.py --check
	@.ci/setup rust c
	@.ci/step "build the command line" .ci/shipped cargo build --quiet --release -p pagecrypt-cli
	@.ci/step "what it wrote, and what we seal, is read by it" target/venv/bin/python -m pytest -q vectors

test-c: lib
	@.ci/setup c-tests c-sanitizers valgrind
	@.ci/step "the header alone, in C and C++" ffi/tests/c/check_header
	@.ci/step "C by gcc with the static library, by clang with the shared one" ffi/tests/c/run_plain
	@.ci/step "C under valgrind" ffi/tests/c/run_valgrind
	@.ci/step "examples in C" examples/c/check_examples
	@.ci/step "set up the checks" .ci/venv
	@.ci/step "the snippets for C" target/venv/bin/python -m pytest -q ffi/tests/docs

test-c-sanitizers:
	@.ci/setup rust c-tests c-sanitizers rust-sources
	@.ci/step "C under AddressSanitizer and UBSan, by gcc" ffi/tests/c/run_sanitizers gcc
	@.ci/step "C under AddressSanitizer and UBSan, by clang" ffi/tests/c/run_sanitizers clang
	@.ci/step "C's threads under ThreadSanitizer" ffi/tests/c/run_threads

test-cpp: lib
	@.ci/step "C++" ffi/tests/cpp/run

test-go: lib
	@.ci/setup go
	@.ci/step "bundle the library with the Go module" go/bundle
	@.ci/step "Go" go/run_tests

test-python:
	@.ci/setup rust c python node
	@.ci/step "Python" python/run_tests all

test-node:
	@.ci/setup rust c node sqlite3
	@.ci/step "Node" node/run_tests

# What each language writes, every other one reads.
test-matrix: lib
	@.ci/setup c++ go python node
	@.ci/step "bundle the library with the Go module" go/bundle
	@.ci/step "set up the checks" .ci/venv
	@.ci/step "the matrix's driver" target/venv/bin/python -m pytest -q matrix
	@.ci/step "the matrix of the languages" python3 matrix/run.py

test-install: dist
	@.ci/setup c++ cmake pkg-config sqlite-library go
	@.ci/step "set up the checks" .ci/venv
	@.ci/step "the built libraries offer the header's functions only" \
		python3 ffi/package/check_library.py target/c
	@.ci/step "programs outside the repository" target/venv/bin/python -m pytest -q ffi/package

test-lib-aarch64: lib
	@.ci/step "the C library for 64-bit ARM, emulated" ffi/package/test_aarch64

test-checks:
	@.ci/step "set up the checks" .ci/venv
	@.ci/cargo_tool cbindgen
	@.ci/step "the checks themselves" target/venv/bin/python -m pytest -q .ci ffi/test_generate_header.py

# libpagecrypt and its peers in one run: target/bench/results.json and libraries.svg. Nothing else should run meanwhile.
bench:
	@.ci/setup rust c python peers
	@.ci/step "build the peers and what measures them" benches/build
	@.ci/step "measure" target/bench/build/release/pagecrypt-benches --json target/bench/results.json $(ARGS)
	@python3 docs/performance/libraries.py target/bench/results.json target/bench/libraries.svg

bench-full:
	@$(MAKE) --no-print-directory bench ARGS="--full $(ARGS)"

# Measures, and writes the tables and pictures of docs/performance.md from it.
bench-docs: bench
	@python3 docs/performance/libraries.py --keep target/bench/results.json
	@python3 docs/performance/draw.py

# Whole files: verify, decrypt and encrypt beside cat and cp, into target/bench. BENCH_FILES=--full: up to 4 GiB.
bench-files:
	@.ci/setup rust c
	@.ci/step "build the command line" .ci/shipped cargo build --quiet --release -p pagecrypt-cli
	@python3 benches/files.py $(BENCH_FILES)

# What .ci/run does beyond the tests.
check:
	@.ci/side_by_side check-sources check-documents

check-sources:
	@.ci/check_sources

check-documents:
	@.ci/check_documents
