# The two commands:
#   make demo   sets up what it needs, then does the main job on a real database
#   make test   sets up what it needs, then runs every test
# Both work in a fresh clone. What they install beyond Debian packages goes to target/.

SHELL := /bin/bash
.NOTPARALLEL:
.PHONY: demo test lib build test-rust test-release test-features test-no-std test-cpus test-aarch64 test-turso test-checks check

demo:
	@.ci/setup rust c python
	@.ci/step "build the command line (release)" cargo build --quiet --release -p pagecrypt-cli
	@python3 examples/demo.py target/release/pagecrypt

# The C library: target/c/include and target/c/lib. TARGET=triple builds it for another target, into target/c-triple.
lib:
	@.ci/setup rust c $(if $(findstring aarch64,$(TARGET)),aarch64)
	@.ci/step "the C library$(if $(TARGET), for $(TARGET))" ffi/package/build_library $(TARGET)

build:
	@.ci/setup rust c
	cargo build --release -p pagecrypt-cli

test: test-rust test-release test-features test-no-std test-cpus test-aarch64 test-turso test-checks
	@printf '\nall test steps passed\n'

test-rust:
	@.ci/setup rust c strace
	@.ci/step "every crate's tests" cargo test --workspace

# Optimised builds are where compilers remove writes that nobody reads.
test-release:
	@.ci/setup rust c
	@.ci/step "secrets are wiped in the release build" cargo test --release -p pagecrypt --test wiping

# The features that change what is compiled; the default set is in test-rust.
test-features:
	@.ci/setup rust c
	@.ci/step "core without features" cargo test -p pagecrypt --no-default-features --lib
	@.ci/step "core with alloc" cargo test -p pagecrypt --no-default-features --features alloc --lib
	@.ci/step "core with getrandom" cargo test -p pagecrypt --no-default-features --features getrandom --lib
	@.ci/step "core with the aead crate's traits" cargo test -p pagecrypt --features aead --test typed
	@.ci/step "the aead crate's traits, documented" cargo test -p pagecrypt --features aead --doc

test-no-std:
	@.ci/step "core for a target without std" .ci/test_no_std

test-cpus:
	@.ci/step "other x86-64 CPUs, emulated" .ci/test_cpus

test-aarch64:
	@.ci/step "64-bit ARM, emulated" .ci/test_aarch64

test-turso:
	@.ci/step "set up Turso" .ci/venv
	@.ci/step "build the command line (release)" cargo build --quiet --release -p pagecrypt-cli
	@.ci/step "against Turso itself" target/venv/bin/python -m pytest -q peers/turso

test-checks:
	@.ci/step "set up the checks" .ci/venv
	@.ci/step "the checks themselves" target/venv/bin/python -m pytest -q .ci

# What .ci/run does beyond the tests.
check:
	@.ci/check
