#!/usr/bin/env node
"use strict";

const native = require("../lib/binding.cjs");

// The command has handlers of its own for these signals. Node's would end the process before them; those that it has where
// somebody listens do no harm.
for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"]) process.on(signal, () => {});

process.exitCode = native.runCommandLine(["pagecrypt", ...process.argv.slice(2)]);
process.removeAllListeners("SIGINT").removeAllListeners("SIGTERM").removeAllListeners("SIGHUP");
