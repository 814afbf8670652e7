//! Databases that Turso made, with their keys: `vectors/turso`.

use std::fs;
use std::path::{Path, PathBuf};

use serde_json::Value;

use crate::scene::Scene;

/// One of them.
#[derive(Debug)]
pub(crate) struct Sample {
    pub(crate) name: String,
    pub(crate) cipher: String,
    pub(crate) key: String,
    pub(crate) page_size: usize,
    /// Once decrypted, with its -wal.
    pub(crate) page_count: usize,
    /// The database's file, and perhaps its -wal.
    files: Vec<String>,
}

fn folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../vectors/turso")
}

/// Every sample of the manifest.
pub(crate) fn all() -> Vec<Sample> {
    let manifest: Value = serde_json::from_slice(&fs::read(folder().join("manifest.json")).unwrap()).unwrap();
    let text = |value: &Value| value.as_str().unwrap().to_owned();
    let number = |value: &Value| usize::try_from(value.as_u64().unwrap()).unwrap();
    let samples = manifest["fixtures"].as_array().unwrap().iter().map(|entry| Sample {
        name: text(&entry["name"]),
        cipher: text(&entry["cipher"]),
        key: text(&entry["hexkey"]),
        page_size: number(&entry["page_size"]),
        page_count: number(&entry["page_count"]),
        files: entry["files"].as_array().unwrap().iter().map(text).collect(),
    });
    samples.collect()
}

/// The sample `name`.
pub(crate) fn named(name: &str) -> Sample {
    all().into_iter().find(|sample| sample.name == name).unwrap()
}

impl Sample {
    /// Copies it into the scene, and its key as `key`; gives their paths as arguments.
    pub(crate) fn place(&self, scene: &Scene) -> (String, String) {
        for file in &self.files {
            fs::copy(folder().join(file), scene.path(file)).unwrap();
        }
        (scene.arg(&self.files[0]), scene.key_file("key", &self.key))
    }

    /// The name of the main file.
    pub(crate) fn file(&self) -> &str {
        &self.files[0]
    }

    /// The name of the -wal, if it has one.
    pub(crate) fn log(&self) -> Option<&str> {
        self.files.get(1).map(String::as_str)
    }
}
