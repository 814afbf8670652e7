//! Another program that locks a file: the test's own, run again, since locks do not count within a process.
#![allow(dead_code)] // not every test crate uses all of it

use std::fs::File;
use std::io::{self, BufRead, BufReader, Read};
use std::path::Path;
use std::process::{Child, ChildStdout, Stdio};

use rustix::fs::{FlockOperation, fcntl_lock};

#[path = "own_program.rs"]
mod own_program;

use own_program::own_program;

const TO_LOCK: &str = "PAGECRYPT_TEST_TO_LOCK";

// What it says, among what a test program says anyway.
const LOCKED: &str = "[it is locked]";
const REFUSED: &str = "[the lock is refused]";

/// It has the file locked for writing until it is told to let go.
#[derive(Debug)]
pub(crate) struct Writer {
    child: Child,
    /// Open to the end: it writes more.
    output: BufReader<ChildStdout>,
}

impl Writer {
    /// To be called by the test of the name `test`, which calls [`Writer::run_if_asked`] first.
    pub(crate) fn start(test: &str, path: &Path) -> Self {
        let mut child = own_program()
            .args(["--exact", test, "--nocapture"])
            .env(TO_LOCK, path)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .unwrap();
        let mut output = BufReader::new(child.stdout.take().unwrap());
        assert!(output.by_ref().lines().any(|line| line.unwrap().contains(LOCKED)));
        Self { child, output }
    }

    /// Whether this is the other program; its work is done then.
    pub(crate) fn run_if_asked() -> bool {
        let Some(path) = std::env::var_os(TO_LOCK) else { return false };
        let file = File::options().write(true).open(path).unwrap();
        match fcntl_lock(&file, FlockOperation::NonBlockingLockExclusive) {
            Ok(()) => println!("{LOCKED}"),
            Err(_) => println!("{REFUSED}"),
        }
        io::stdin().read_line(&mut String::new()).unwrap();
        true
    }

    /// Whether a program could lock the file for writing now. To be called as [`start`](Self::start).
    pub(crate) fn could_start(test: &str, path: &Path) -> bool {
        let output = own_program()
            .args(["--exact", test, "--nocapture"])
            .env(TO_LOCK, path)
            .stdin(Stdio::null())
            .output()
            .unwrap();
        let output = String::from_utf8(output.stdout).unwrap();
        assert!(output.contains(LOCKED) || output.contains(REFUSED), "{output}");
        output.contains(LOCKED)
    }

    /// Ends it.
    pub(crate) fn let_go(&mut self) {
        drop(self.child.stdin.take());
        self.output.read_to_end(&mut Vec::new()).unwrap();
        assert!(self.child.wait().unwrap().success());
    }
}
