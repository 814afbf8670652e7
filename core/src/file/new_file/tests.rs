use std::io::Write;

use super::*;

struct Folder(tempfile::TempDir);

impl Folder {
    fn new() -> Self {
        Self(tempfile::tempdir().unwrap())
    }

    fn path(&self, name: &str) -> PathBuf {
        self.0.path().join(name)
    }

    fn names(&self) -> Vec<String> {
        let mut names: Vec<_> = fs::read_dir(self.0.path())
            .unwrap()
            .map(|entry| entry.unwrap().file_name().into_string().unwrap())
            .collect();
        names.sort();
        names
    }
}

fn create(path: &Path, force: bool) -> Result<NewFile, Error> {
    NewFile::create(path, None, force, Access::Owner)
}

#[test]
fn appears_under_its_name_when_committed() {
    let folder = Folder::new();
    let new = create(&folder.path("db"), false).unwrap();
    new.file().write_all(b"content").unwrap();
    assert!(!folder.path("db").exists());
    new.commit().unwrap();
    assert_eq!(folder.names(), ["db"]);
    assert_eq!(fs::read(folder.path("db")).unwrap(), b"content");
}

#[test]
fn is_removed_when_dropped() {
    let folder = Folder::new();
    let new = create(&folder.path("db"), false).unwrap();
    assert_eq!(folder.names().len(), 1);
    drop(new);
    assert!(folder.names().is_empty());
}

#[test]
fn temporary_names_are_recognisable_and_short_enough() {
    let folder = Folder::new();
    for name in ["db".to_owned(), "x".repeat(255), "ü".repeat(127)] {
        let new = create(&folder.path(&name), false).unwrap();
        let temporary = new.temporary_path().file_name().unwrap().to_str().unwrap();
        assert!(temporary.starts_with('.') && temporary.ends_with(".pagecrypt-tmp"), "{temporary}");
        new.commit().unwrap();
        assert_eq!(folder.names(), std::slice::from_ref(&name));
        fs::remove_file(folder.path(&name)).unwrap();
    }
}

#[test]
fn an_existing_destination_is_replaced_only_by_force() {
    let folder = Folder::new();
    fs::write(folder.path("db"), b"old").unwrap();
    assert!(matches!(create(&folder.path("db"), false), Err(Error::FileExists)));
    let new = create(&folder.path("db"), true).unwrap();
    assert_eq!(fs::read(folder.path("db")).unwrap(), b"old");
    new.commit().unwrap();
    assert_eq!(fs::read(folder.path("db")).unwrap(), b"");
    assert_eq!(folder.names(), ["db"]);
}

#[test]
fn a_destination_that_appears_meanwhile_stays() {
    let folder = Folder::new();
    let new = create(&folder.path("db"), false).unwrap();
    fs::write(folder.path("db"), b"theirs").unwrap();
    assert!(matches!(new.commit(), Err(Error::FileExists)));
    // The last moment, after every check.
    let new = create(&folder.path("other"), false).unwrap();
    assert!(matches!(rename_to_absent(new.temporary_path(), &folder.path("db")), Err(Error::FileExists)));
    drop(new);
    assert_eq!(fs::read(folder.path("db")).unwrap(), b"theirs");
    assert_eq!(folder.names(), ["db"]);
}

#[test]
fn the_source_is_never_the_destination() {
    let folder = Folder::new();
    fs::write(folder.path("db"), b"source").unwrap();
    fs::hard_link(folder.path("db"), folder.path("same")).unwrap();
    fs::write(folder.path("db-wal"), b"frames").unwrap();
    fs::hard_link(folder.path("db-wal"), folder.path("frames")).unwrap();
    for destination in ["db", "same", "./db", "db-wal", "frames", "db-journal", "db-shm"] {
        let refused =
            NewFile::create(&folder.path(destination), Some(&folder.path("db")), true, Access::Umask);
        assert!(matches!(refused, Err(Error::Destination(_))), "{destination}");
    }
    assert_eq!(folder.names(), ["db", "db-wal", "frames", "same"]);
}

#[test]
fn a_folder_is_no_destination() {
    let folder = Folder::new();
    fs::create_dir(folder.path("db")).unwrap();
    for destination in [folder.path("db"), folder.path(".."), PathBuf::new()] {
        assert!(matches!(create(&destination, true), Err(Error::Destination(_))), "{destination:?}");
    }
}

#[test]
fn a_log_or_journal_beside_the_destination_is_refused_unless_it_is_empty() {
    for suffix in ["-wal", "-journal"] {
        let folder = Folder::new();
        let sidecar = folder.path(&format!("db{suffix}"));
        fs::write(&sidecar, b"").unwrap();
        let new = create(&folder.path("db"), true).unwrap();
        fs::write(&sidecar, b"frames").unwrap();
        for force in [false, true] {
            assert!(matches!(create(&folder.path("db"), force), Err(Error::Locked(_))), "{suffix}");
        }
        assert!(matches!(new.commit(), Err(Error::Locked(_))), "{suffix}");
        assert_eq!(folder.names(), [format!("db{suffix}")]);
    }
}

#[test]
fn a_missing_folder_is_an_io_error() {
    let folder = Folder::new();
    let error = create(&folder.path("none/db"), false).unwrap_err();
    assert!(matches!(&error, Error::Io(_)), "{error}");
}

#[cfg(unix)]
mod unix {
    use std::os::unix::fs::{PermissionsExt, symlink};

    use super::*;

    #[test]
    fn a_symbolic_link_is_no_destination() {
        let folder = Folder::new();
        fs::write(folder.path("db"), b"").unwrap();
        symlink("db", folder.path("link")).unwrap();
        symlink("none", folder.path("dangling")).unwrap();
        for link in ["link", "dangling"] {
            for force in [false, true] {
                assert!(matches!(create(&folder.path(link), force), Err(Error::Destination(_))));
            }
        }
        // A link to the source is a name of the source.
        let refused = NewFile::create(&folder.path("link"), Some(&folder.path("db")), true, Access::Owner);
        assert!(matches!(refused, Err(Error::Destination("is the source, or belongs to it"))));
    }

    #[test]
    fn plaintext_is_for_its_owner_only() {
        let folder = Folder::new();
        create(&folder.path("db"), false).unwrap().commit().unwrap();
        let mode = fs::metadata(folder.path("db")).unwrap().permissions().mode();
        assert_eq!(mode & 0o777, 0o600);
    }
}
