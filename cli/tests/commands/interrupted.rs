//! Killed, stopped, out of space, not allowed to write: nothing is left that looks finished, and the source stays as
//! it was.
#![cfg(unix)]

use std::fs;
use std::os::unix::fs::{MetadataExt as _, PermissionsExt as _};
use std::os::unix::process::{CommandExt as _, ExitStatusExt as _};
use std::path::Path;
use std::process::{Child, Command, ExitStatus, Stdio};
use std::time::{Duration, Instant};

use rustix::process::{Pid, Signal, kill_process};

use crate::damage::Numbers;
use crate::scene::{KEY, Outcome, Scene, pagecrypt, rows, run};

/// A few megabytes, so that a run takes long enough to be hit in the middle.
const KILOBYTES: u32 = 6 * 1024;

/// What temporary names end in.
const TEMPORARY: &str = ".pagecrypt-tmp";

const MOMENTS: usize = 50;

/// A conversion to interrupt.
struct Conversion {
    scene: Scene,
    arguments: Vec<String>,
    /// What the arguments are for, if not `pagecrypt`.
    program: Option<&'static str>,
    /// The files that must stay as they are.
    source: Vec<(String, Vec<u8>)>,
    /// Whether the destination is there in plain.
    plain: bool,
}

impl Conversion {
    /// `encrypt` of a plain database.
    fn encrypt() -> Self {
        let scene = Scene::new();
        let key = scene.key_file("key", KEY);
        scene.plain("src.db", 4096, KILOBYTES);
        Self::new(scene, "encrypt", key, false)
    }

    /// `encrypt` of a plain database whose pages have room for nonce and tag, so that SQLite does not rebuild it.
    fn encrypt_as_it_is() -> Self {
        let Self { scene, arguments, .. } = Self::decrypt();
        run(&arguments).succeeds();
        fs::rename(scene.path("out/dst.db"), scene.path("src.db")).unwrap();
        fs::remove_dir(scene.path("out")).unwrap();
        let key = scene.arg("key");
        Self::new(scene, "encrypt", key, false)
    }

    /// Each way to make one file of another.
    fn all() -> [Self; 3] {
        [Self::encrypt(), Self::encrypt_as_it_is(), Self::decrypt()]
    }

    /// `decrypt` of an encrypted one.
    fn decrypt() -> Self {
        let scene = Scene::new();
        let key = scene.key_file("key", KEY);
        scene.plain("plain.db", 4096, KILOBYTES);
        run(["encrypt", &scene.arg("plain.db"), &scene.arg("src.db"), "--key-file", &key, "--quiet"])
            .succeeds();
        fs::remove_file(scene.path("plain.db")).unwrap();
        Self::new(scene, "decrypt", key, true)
    }

    fn new(scene: Scene, command: &str, key: String, plain: bool) -> Self {
        fs::create_dir(scene.path("out")).unwrap();
        let arguments = [command, &scene.arg("src.db"), &scene.arg("out/dst.db"), "--key-file", &key];
        let arguments = arguments.map(str::to_owned).to_vec();
        let names = scene.names().into_iter().filter(|name| name != "out");
        let source = names.map(|name| (name.clone(), scene.read(&name))).collect();
        Self { scene, arguments, program: None, source, plain }
    }

    fn spawn(&self) -> Child {
        let mut command = self.program.map_or_else(pagecrypt, Command::new);
        command
            .args(&self.arguments)
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .unwrap()
    }

    /// How long a run takes that nobody interrupts.
    fn length(&self) -> Duration {
        let start = Instant::now();
        run(&self.arguments).succeeds();
        let length = start.elapsed();
        self.clear();
        length
    }

    fn clear(&self) {
        fs::remove_dir_all(self.scene.path("out")).unwrap();
        fs::create_dir(self.scene.path("out")).unwrap();
    }

    fn left_behind(&self) -> Vec<String> {
        let entries = fs::read_dir(self.scene.path("out")).unwrap();
        entries.map(|entry| entry.unwrap().file_name().into_string().unwrap()).collect()
    }

    /// The sources are as they were, and beside them is nothing new.
    #[track_caller]
    fn source_is_untouched(&self) {
        let mut names = self.scene.names();
        names.retain(|name| name != "out");
        assert_eq!(names, self.source.iter().map(|(name, _)| name.clone()).collect::<Vec<_>>());
        for (name, bytes) in &self.source {
            assert!(self.scene.read(name) == *bytes, "{name} has changed");
        }
    }

    /// The destination is complete.
    #[track_caller]
    fn is_complete(&self) {
        let destination = self.scene.path("out/dst.db");
        if self.plain {
            assert_eq!(rows(&destination).len(), KILOBYTES as usize);
        } else {
            let key = self.scene.arg("key");
            run(["verify", destination.to_str().unwrap(), "--key-file", &key]).succeeds();
        }
    }

    /// After the worst that can happen, what has the destination's name is complete, and what is not has a name that
    /// says so. Gives whether the destination is there.
    #[track_caller]
    fn looks_like_what_it_is(&self) -> bool {
        let mut finished = false;
        for name in self.left_behind() {
            if name == "dst.db" {
                self.is_complete();
                finished = true;
            } else {
                assert!(name.starts_with(".dst.db.") && name.ends_with(TEMPORARY), "{name}");
            }
        }
        self.source_is_untouched();
        finished
    }

    /// Waits until the temporary file grows, then stops the process in its tracks. Tries again where it was too fast.
    fn caught_in_the_middle(&self) -> Child {
        for _ in 0..50 {
            let mut child = self.spawn();
            while child.try_wait().unwrap().is_none() {
                if self.is_in_the_middle() {
                    send(&child, Signal::STOP);
                    // It may have come to its end between the look and the signal.
                    if self.is_in_the_middle() {
                        return child;
                    }
                    send(&child, Signal::CONT);
                }
            }
            self.clear();
        }
        panic!("50 runs ended before they could be stopped in the middle");
    }

    /// Whether a part of the destination, and at most half of it, is written under a temporary name.
    fn is_in_the_middle(&self) -> bool {
        let half = self.source.iter().map(|(_, bytes)| bytes.len()).sum::<usize>() as u64 / 2;
        let names = self.left_behind().into_iter().filter(|name| name.ends_with(TEMPORARY));
        names.map(|name| self.scene.path("out").join(name)).any(|path| {
            // It may be renamed or removed at any time.
            fs::metadata(path).is_ok_and(|found| (1..half).contains(&found.len()))
        })
    }
}

fn send(child: &Child, signal: Signal) {
    // A process that has ended in the meantime is not a failure.
    let _ = kill_process(Pid::from_child(child), signal);
}

/// Interrupts at 50 moments that are spread over the length of a run, and checks what is left.
fn at_moments(conversion: &Conversion, signal: Signal, check: impl Fn(ExitStatus, Outcome)) {
    let length = conversion.length();
    let mut numbers = Numbers::seeded(0x5eed);
    for moment in 0..MOMENTS {
        // One in each fiftieth of the run, at a random place in it.
        let thousandths = moment * 1000 / MOMENTS + numbers.below(1000 / MOMENTS);
        let child = conversion.spawn();
        std::thread::sleep(length * u32::try_from(thousandths).unwrap() / 1000);
        send(&child, signal);
        let output = child.wait_with_output().unwrap();
        check(output.status, Outcome::of(output));
        conversion.clear();
        conversion.source_is_untouched();
    }
}

#[test]
fn killed_at_random_moments_leaves_nothing_that_looks_finished() {
    for conversion in Conversion::all() {
        at_moments(&conversion, Signal::KILL, |status, outcome| {
            let killed = status.signal() == Some(Signal::KILL.as_raw());
            assert!(killed || status.success(), "{outcome:?}");
            let finished = conversion.looks_like_what_it_is();
            assert!(killed || finished);
        });
        // The next run is not disturbed by what was left.
        let child = conversion.caught_in_the_middle();
        send(&child, Signal::KILL);
        let output = child.wait_with_output().unwrap();
        assert_eq!(output.status.signal(), Some(Signal::KILL.as_raw()));
        assert!(!conversion.looks_like_what_it_is());
        run(&conversion.arguments).succeeds();
        assert!(conversion.looks_like_what_it_is());
    }
}

#[test]
fn a_signal_to_stop_removes_what_was_begun_and_shows_in_the_exit_code() {
    let signals = [(Signal::INT, 130), (Signal::TERM, 143)];
    let hang_up = cfg!(target_os = "linux").then_some((Signal::HUP, 129));
    for conversion in Conversion::all() {
        for (signal, code) in signals.into_iter().chain(hang_up) {
            let child = conversion.caught_in_the_middle();
            send(&child, signal);
            send(&child, Signal::CONT);
            let outcome = Outcome::of(child.wait_with_output().unwrap());
            outcome.fails(code, &["cancelled", "nothing was written"]);
            assert_eq!(conversion.left_behind(), [""; 0]);
            conversion.source_is_untouched();
        }
    }
}

#[cfg(target_os = "linux")]
#[test]
fn a_signal_that_was_ignored_from_the_start_stays_ignored() {
    let mut conversion = Conversion::encrypt();
    let binary = assert_cmd::cargo::cargo_bin!("pagecrypt").to_str().unwrap().to_owned();
    let shell = ["-c", "trap '' HUP INT; exec \"$@\"", "sh", &binary].map(str::to_owned);
    conversion.arguments.splice(0..0, shell);
    conversion.program = Some("sh");
    let child = conversion.caught_in_the_middle();
    send(&child, Signal::HUP);
    send(&child, Signal::INT);
    send(&child, Signal::CONT);
    Outcome::of(child.wait_with_output().unwrap()).succeeds();
    conversion.is_complete();
}

#[test]
fn ctrl_c_at_random_moments_leaves_all_or_nothing() {
    for conversion in Conversion::all() {
        at_moments(&conversion, Signal::INT, |status, outcome| {
            let left = conversion.left_behind();
            match (status.code(), status.signal()) {
                (Some(0), _) => {
                    assert_eq!(left, ["dst.db"]);
                    conversion.is_complete();
                }
                (Some(130), _) => assert_eq!(left, [""; 0]),
                // Before it began: nothing was there to be cleaned up.
                (None, Some(2)) => assert_eq!(left, [""; 0]),
                _ => panic!("{outcome:?}"),
            }
        });
    }
}

#[test]
fn verify_stops_on_ctrl_c_without_a_verdict() {
    let conversion = Conversion::decrypt();
    let arguments = [
        "verify",
        &conversion.scene.arg("src.db"),
        "--key-file",
        &conversion.scene.arg("key"),
        "--threads",
        "1",
    ];
    // The slowest engine, so that there is something to stop.
    let mut command = pagecrypt();
    command.args(arguments).env("PAGECRYPT_ENGINE", "portable").stdout(Stdio::piped()).stderr(Stdio::piped());
    let start = Instant::now();
    Outcome::of(command.output().unwrap()).succeeds();
    let length = start.elapsed();
    for attempt in 0..200 {
        let child = command.spawn().unwrap();
        std::thread::sleep(length * (attempt % 16) / 16);
        send(&child, Signal::INT);
        let outcome = Outcome::of(child.wait_with_output().unwrap());
        // It may not have begun, or be done already.
        if outcome.code.is_some_and(|code| code != 0) {
            assert_eq!(outcome.fails(130, &["cancelled"]).stdout, "");
            conversion.source_is_untouched();
            return;
        }
    }
    panic!("200 runs ended before they could be stopped");
}

#[test]
fn json_tells_that_it_was_stopped() {
    let mut conversion = Conversion::encrypt();
    conversion.arguments.push("--json".to_owned());
    let child = conversion.caught_in_the_middle();
    send(&child, Signal::INT);
    send(&child, Signal::CONT);
    let outcome = Outcome::of(child.wait_with_output().unwrap()).fails(130, &["cancelled"]);
    assert_eq!(outcome.json()["error"]["code"], "cancelled");
    assert_eq!(outcome.json()["error"]["exit_code"], 130);
}

#[test]
fn a_full_disk_leaves_nothing_behind() {
    for conversion in Conversion::all() {
        let out = conversion.scene.path("out");
        let limited = if mounts_are_permitted() {
            // A disk of 1 MiB that only the child sees, and that goes with it.
            let mut shell = Command::new("unshare");
            shell.args(["--mount", "sh", "-c"]);
            shell.arg(
                "mount -t tmpfs -o size=1m none \"$1\" && shift && \"$@\"; code=$?; ls -A \"$0\"; exit $code",
            );
            shell.arg(&out).arg(&out);
            shell
        } else {
            println!("mounting is not permitted here: the size of files is limited instead");
            let mut shell = Command::new("bash");
            shell.args([
                "-c",
                "trap '' XFSZ; ulimit -f 1024; shift; \"$@\"; code=$?; ls -A \"$0\"; exit $code",
            ]);
            shell.arg(&out).arg(&out);
            shell
        };
        let mut command = limited;
        command
            .arg(assert_cmd::cargo::cargo_bin!("pagecrypt"))
            .args(&conversion.arguments)
            .stdin(Stdio::null());
        let outcome = Outcome::of(command.output().unwrap()).fails(1, &["free some space"]);
        assert_eq!(outcome.stdout, "", "what `ls` shows of the folder");
        assert_eq!(conversion.left_behind(), [""; 0]);
        conversion.source_is_untouched();
    }
}

fn mounts_are_permitted() -> bool {
    let status = Command::new("unshare")
        .args(["--mount", "mount", "-t", "tmpfs", "-o", "size=1m", "none", "/mnt"])
        .stderr(Stdio::null())
        .status();
    status.is_ok_and(|status| status.success())
}

#[test]
fn a_folder_that_is_read_only_is_left_as_it_is() {
    for conversion in Conversion::all() {
        let scene = &conversion.scene;
        set_mode(&scene.path("out"), 0o555);
        let mut command = pagecrypt();
        if fs::metadata(scene.folder()).unwrap().uid() == 0 {
            // Modes do not bind root: the child becomes nobody, who must reach the binary and read the source.
            const NOBODY: u32 = 65534;
            let binary = scene.path("pagecrypt");
            // Not `fs::copy`: what other tests start meanwhile would hold the copy open for writing, and so busy.
            let copy = ["-f", assert_cmd::cargo::cargo_bin!("pagecrypt").to_str().unwrap()];
            assert!(Command::new("cp").args(copy).arg(&binary).status().unwrap().success());
            set_mode(&binary, 0o755);
            set_mode(scene.folder(), 0o755);
            std::os::unix::fs::chown(scene.path("key"), Some(NOBODY), Some(NOBODY)).unwrap();
            command = Command::new(binary);
            command.uid(NOBODY).gid(NOBODY).stdin(Stdio::null());
        }
        let outcome = Outcome::of(command.args(&conversion.arguments).output().unwrap());
        outcome.fails(1, &["Permission denied", "write to the folder"]);
        assert_eq!(conversion.left_behind(), [""; 0]);
        let _ = fs::remove_file(scene.path("pagecrypt"));
        conversion.source_is_untouched();
        set_mode(&scene.path("out"), 0o755);
    }
}

fn set_mode(path: &Path, mode: u32) {
    fs::set_permissions(path, fs::Permissions::from_mode(mode)).unwrap();
}
