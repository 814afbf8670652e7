//! What the figures were measured on, and beside what.

use std::fs;

use serde::Serialize;

/// The CPU and the system.
#[derive(Debug, Clone, Serialize)]
pub struct Machine {
    /// The CPU's model as `/proc/cpuinfo` has it.
    pub cpu: String,
    /// How many it has; a process may be held to fewer.
    pub cpus: usize,
    pub virtual_machine: bool,
    pub system: String,
    /// Of the features that ciphers use, those that this CPU has.
    pub features: Vec<String>,
    /// Bytes of the caches of the first CPU, by name: `L1d`, `L2`, `L3`.
    pub caches: Vec<(String, usize)>,
}

const FEATURES: [&str; 19] = [
    "aes",
    "pclmulqdq",
    "avx",
    "avx2",
    "bmi2",
    "adx",
    "vaes",
    "vpclmulqdq",
    "gfni",
    "avx512f",
    "avx512bw",
    "avx512dq",
    "avx512vl",
    "avx512ifma",
    "avx512_vbmi",
    "avx512_vbmi2",
    "pmull",
    "sha3",
    "asimd",
];

impl Machine {
    pub fn here() -> Self {
        let info = fs::read_to_string("/proc/cpuinfo").unwrap_or_default();
        let flags: Vec<&str> = ["flags", "Features"]
            .iter()
            .find_map(|name| field(&info, name))
            .unwrap_or_default()
            .split_whitespace()
            .collect();
        let model =
            ["model name", "CPU part"].iter().find_map(|name| field(&info, name)).unwrap_or("unknown");
        let numbers = (field(&info, "cpu family"), field(&info, "model"));
        let cpu = match numbers {
            (Some(family), Some(number)) => format!("{model} (family {family}, model {number})"),
            _ => model.into(),
        };
        Self {
            cpu,
            cpus: info.lines().filter(|line| line.starts_with("processor")).count().max(usable_cpus()),
            virtual_machine: flags.contains(&"hypervisor"),
            system: format!("{} {}", std::env::consts::OS, std::env::consts::ARCH),
            features: FEATURES.iter().filter(|name| flags.contains(name)).map(ToString::to_string).collect(),
            caches: caches(),
        }
    }

    /// Whether it has what the targets are stated for: AVX-512 and VAES.
    pub fn has_avx512_and_vaes(&self) -> bool {
        ["avx512f", "avx512vl", "avx512bw", "vaes"]
            .iter()
            .all(|name| self.features.iter().any(|has| has == name))
    }

    /// The largest cache, or 0 where nothing is known.
    pub fn largest_cache(&self) -> usize {
        self.caches.iter().map(|(_, bytes)| *bytes).max().unwrap_or(0)
    }
}

/// How many CPUs this process may use.
pub fn usable_cpus() -> usize {
    std::thread::available_parallelism().map_or(1, usize::from)
}

/// The first line of that name.
fn field<'a>(info: &'a str, name: &str) -> Option<&'a str> {
    let mut lines = info.lines().filter_map(|line| line.split_once(':'));
    lines.find(|(key, _)| key.trim() == name).map(|(_, value)| value.trim())
}

fn caches() -> Vec<(String, usize)> {
    let read = |index: usize, name: &str| {
        fs::read_to_string(format!("/sys/devices/system/cpu/cpu0/cache/index{index}/{name}"))
    };
    let mut found = Vec::new();
    for index in 0..8 {
        let (Ok(level), Ok(kind), Ok(size)) =
            (read(index, "level"), read(index, "type"), read(index, "size"))
        else {
            break;
        };
        let Some(bytes) = size.trim().strip_suffix('K').and_then(|n| n.parse::<usize>().ok()) else {
            continue;
        };
        match kind.trim() {
            "Instruction" => {}
            "Data" => found.push((format!("L{}d", level.trim()), bytes << 10)),
            _ => found.push((format!("L{}", level.trim()), bytes << 10)),
        }
    }
    found
}

/// A library and its version.
#[derive(Debug, Clone, Serialize)]
pub struct Version {
    pub library: &'static str,
    pub version: String,
}

/// The contenders' versions: of the crates, as they are locked, and of what is the system's.
pub fn versions() -> Vec<Version> {
    let crates = [
        ("pagecrypt", "pagecrypt"),
        ("libaegis", "aegis"),
        ("aws-lc", "aws-lc-sys"),
        ("ring", "ring"),
        ("graviola", "graviola"),
        ("rustcrypto", "aes-gcm"),
        ("rustcrypto", "chacha20poly1305"),
    ];
    let mut all: Vec<_> = crates
        .into_iter()
        .filter_map(|(library, name)| Some(Version { library, version: format!("{name} {}", locked(name)?) }))
        .collect();
    all.push(Version { library: "openssl", version: openssl::version::version().into() });
    // `build` says so, which also sees to it that it was.
    all.extend(
        option_env!("LIBAEGIS_COMPILER")
            .map(|compiler| Version { library: "libaegis", version: format!("compiled by {compiler}") }),
    );
    all
}

/// The version of a crate in the lock file.
fn locked(name: &str) -> Option<&'static str> {
    let (_, after) = include_str!("../Cargo.lock").split_once(&format!("name = \"{name}\"\nversion = \""))?;
    after.split('"').next()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_peer_has_a_version() {
        let versions = versions();
        for library in ["pagecrypt", "libaegis", "aws-lc", "ring", "graviola", "rustcrypto", "openssl"] {
            let of = |v: &&Version| v.library == library && v.version.chars().any(|c| c.is_ascii_digit());
            assert!(versions.iter().find(of).is_some(), "{library}");
        }
    }

    #[test]
    fn fields_are_found_by_their_whole_name() {
        let info = "processor\t: 0\nmodel\t\t: 85\nmodel name\t: A CPU: fast\nflags\t\t: aes vaes\n";
        assert_eq!(field(info, "model name"), Some("A CPU: fast"));
        assert_eq!(field(info, "model"), Some("85"));
        assert_eq!(field(info, "flag"), None);
    }
}
