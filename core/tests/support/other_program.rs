//! Another program that has a file locked: the test's own, run again, since locks do not count within a process.

use std::fs::File;
use std::io::{self, BufRead, BufReader, Read};
use std::path::Path;
use std::process::{Child, ChildStdout, Command, Stdio};

use rustix::fs::{FlockOperation, fcntl_lock};

const TO_LOCK: &str = "PAGECRYPT_TEST_TO_LOCK";

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
        let mut child = Command::new(std::env::current_exe().unwrap())
            .args(["--exact", test, "--nocapture"])
            .env(TO_LOCK, path)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .unwrap();
        let mut output = BufReader::new(child.stdout.take().unwrap());
        assert!(output.by_ref().lines().any(|line| line.unwrap().contains("locked")));
        Self { child, output }
    }

    /// Whether this is the other program; its work is done then.
    pub(crate) fn run_if_asked() -> bool {
        let Some(path) = std::env::var_os(TO_LOCK) else { return false };
        let file = File::options().write(true).open(path).unwrap();
        fcntl_lock(&file, FlockOperation::NonBlockingLockExclusive).unwrap();
        println!("locked");
        io::stdin().read_line(&mut String::new()).unwrap();
        true
    }

    /// Ends it.
    pub(crate) fn let_go(&mut self) {
        drop(self.child.stdin.take());
        self.output.read_to_end(&mut Vec::new()).unwrap();
        assert!(self.child.wait().unwrap().success());
    }
}
