//! The command's arguments.

use std::path::PathBuf;
use std::str::FromStr;
use std::time::Duration;

use pagecrypt::{Cipher, Engine};

use crate::grid::{self, Case, Placement};
use crate::measure::Effort;

pub const USAGE: &str = "\
Measures libpagecrypt beside other libraries, all in this process, on the same memory, in turns.

  --full              the whole grid instead of what the targets need
  --cipher NAME       only this cipher, for example aes256gcm; this and what follows may be said several times
  --size BYTES        only messages of this size: 64, 256 and 1024 are records, 4096, 16384 and 65536 pages
  --batch MESSAGES    only so many messages a call
  --placement PLACE   only data in l1, l2 or memory
  --threads COUNT     only on so many threads
  --engine NAME       our engines that take part: names, or `all`; otherwise each cipher's best one
  --rounds COUNT      how often each contender has its turn [63]
  --visits COUNT      over how many visits to a case its rounds are spread, unless data is in memory [9]
  --turn MS           how long a turn is, in milliseconds [3]
  --json FILE         writes the rows there
  --no-targets        prints no table of targets
";

/// What is asked for.
#[derive(Debug, Clone, PartialEq)]
pub struct Arguments {
    pub full: bool,
    pub ciphers: Vec<Cipher>,
    pub sizes: Vec<usize>,
    pub batches: Vec<usize>,
    pub placements: Vec<Placement>,
    pub threads: Vec<usize>,
    /// Nothing: the best one of each cipher.
    pub engines: Option<Engines>,
    pub rounds: usize,
    pub visits: usize,
    pub turn: f64,
    pub json: Option<PathBuf>,
    pub targets: bool,
}

/// Which of our engines take part.
#[derive(Debug, Clone, PartialEq)]
pub enum Engines {
    All,
    These(Vec<Engine>),
}

impl Default for Arguments {
    fn default() -> Self {
        Self {
            full: false,
            ciphers: Vec::new(),
            sizes: Vec::new(),
            batches: Vec::new(),
            placements: Vec::new(),
            threads: Vec::new(),
            engines: None,
            rounds: 63,
            visits: 9,
            turn: 3.0,
            json: None,
            targets: true,
        }
    }
}

impl Arguments {
    /// # Errors
    /// What is wrong with them, in words.
    pub fn parse(arguments: impl IntoIterator<Item = String>) -> Result<Self, String> {
        let mut parsed = Self::default();
        let mut arguments = arguments.into_iter();
        while let Some(name) = arguments.next() {
            let mut value = || arguments.next().ok_or_else(|| format!("{name} needs a value"));
            match name.as_str() {
                "--full" => parsed.full = true,
                "--cipher" => parsed.ciphers.push(value()?.parse().map_err(|error| format!("{error}"))?),
                "--size" => parsed.sizes.push(number(&name, &value()?)?),
                "--batch" => parsed.batches.push(number(&name, &value()?)?),
                "--placement" => parsed.placements.push(value()?.parse()?),
                "--threads" => parsed.threads.push(number(&name, &value()?)?),
                "--engine" => {
                    let value = value()?;
                    parsed.engines = Some(match (value.as_str(), parsed.engines.take()) {
                        ("all", _) | (_, Some(Engines::All)) => Engines::All,
                        (one, before) => {
                            let mut these = match before {
                                Some(Engines::These(these)) => these,
                                _ => Vec::new(),
                            };
                            these.push(one.parse().map_err(|error| format!("{error}"))?);
                            Engines::These(these)
                        }
                    });
                }
                "--rounds" => parsed.rounds = number(&name, &value()?)?,
                "--visits" => parsed.visits = number(&name, &value()?)?,
                "--turn" => parsed.turn = number(&name, &value()?)?,
                "--json" => parsed.json = Some(value()?.into()),
                "--no-targets" => parsed.targets = false,
                _ => return Err(format!("unknown argument {name}\n\n{USAGE}")),
            }
        }
        if parsed.rounds == 0 || parsed.visits == 0 || !(parsed.turn > 0.0 && parsed.turn < 60_000.0) {
            return Err("--rounds, --visits and --turn are above zero".into());
        }
        Ok(parsed)
    }

    /// The cases of the grid that are asked for.
    ///
    /// # Errors
    /// Where there are none.
    pub fn cases(&self) -> Result<Vec<Case>, String> {
        let grid = if self.full { grid::full() } else { grid::short() };
        let cases: Vec<_> = grid
            .into_iter()
            .filter(|case| {
                among(&self.ciphers, case.cipher)
                    && among(&self.sizes, case.size)
                    && among(&self.batches, case.batch())
                    && among(&self.placements, case.placement)
                    && among(&self.threads, case.threads)
            })
            .collect();
        match (cases.is_empty(), self.full) {
            (false, _) => Ok(cases),
            (true, false) => Err("no case of the short grid is like that; --full has more".into()),
            (true, true) => Err("no case is like that".into()),
        }
    }

    pub fn effort(&self) -> Effort {
        let turn = Duration::from_secs_f64(self.turn / 1000.0);
        Effort { rounds: self.rounds, turn, warming: (turn / 3).min(Duration::from_millis(1)) }
    }
}

/// Whether a value is wanted; an empty list wants all.
fn among<T: PartialEq>(wanted: &[T], value: T) -> bool {
    wanted.is_empty() || wanted.contains(&value)
}

fn number<T: FromStr>(name: &str, value: &str) -> Result<T, String> {
    value.parse().map_err(|_| format!("{name}: {value} is not such a number"))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parse(line: &str) -> Result<Arguments, String> {
        Arguments::parse(line.split_whitespace().map(String::from))
    }

    #[test]
    fn filters_choose_from_the_grid() {
        let arguments = parse("--cipher aes256gcm --cipher aegis-256 --size 4096 --batch 64").unwrap();
        let cases = arguments.cases().unwrap();
        assert_eq!(cases.len(), 2);
        assert!(cases.iter().all(|case| case.size == 4096 && case.batch() == 64));
        assert!(parse("--size 100").unwrap().cases().unwrap_err().contains("--full"));
        assert_eq!(parse("").unwrap().cases().unwrap().len(), grid::short().len());
        assert_eq!(parse("--full").unwrap().cases().unwrap().len(), grid::full().len());
    }

    #[test]
    fn engines_add_up_and_all_is_all() {
        let these = |line| parse(line).unwrap().engines;
        assert_eq!(these(""), None);
        let both = Engines::These(vec![Engine::AesNi, Engine::Portable]);
        assert_eq!(these("--engine aesni --engine portable"), Some(both));
        assert_eq!(these("--engine aesni --engine all"), Some(Engines::All));
    }

    #[test]
    fn what_is_wrong_is_said() {
        for (line, said) in [
            ("--cipher", "needs a value"),
            ("--cipher rot13", "unknown cipher"),
            ("--engine abacus", "engine"),
            ("--size four", "four"),
            ("--placement tape", "tape"),
            ("--rounds 0", "above zero"),
            ("--visits 0", "above zero"),
            ("--turn nan", "above zero"),
            ("--what", "unknown argument --what"),
        ] {
            let error = parse(line).unwrap_err();
            assert!(error.contains(said), "{line}: {error}");
        }
    }
}
