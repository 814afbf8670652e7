//! `make bench` and `make bench-full`.

use std::path::Path;
use std::process::ExitCode;
use std::time::Duration;
use std::{env, fs};

use pagecrypt::{Cipher, Engine};
use pagecrypt_benches::arguments::{Arguments, Engines, USAGE};
use pagecrypt_benches::contender::{contenders, cost_of_timing, engines, skipped};
use pagecrypt_benches::grid::{Case, Placement};
use pagecrypt_benches::limits::Limits;
use pagecrypt_benches::machine::{Machine, usable_cpus, versions};
use pagecrypt_benches::measure::{APART, Effort, Measured, Settings, key, measure};
use pagecrypt_benches::memory::Memory;
use pagecrypt_benches::{agreement, report};

fn main() -> ExitCode {
    let arguments: Vec<_> = env::args().skip(1).filter(|argument| argument != "--bench").collect();
    if arguments.iter().any(|argument| argument == "--help") {
        print!("{USAGE}");
        return ExitCode::SUCCESS;
    }
    match Arguments::parse(arguments).and_then(|arguments| run(&arguments)) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("bench: {error}");
            ExitCode::FAILURE
        }
    }
}

fn run(arguments: &Arguments) -> Result<(), String> {
    let mut cases = arguments.cases()?;
    let machine = Machine::here();
    let versions = versions();
    println!(
        "{}, {} CPUs{}",
        machine.cpu,
        machine.cpus,
        if machine.virtual_machine { ", virtual" } else { "" }
    );
    for version in &versions {
        println!("{}: {}", version.library, version.version);
    }
    for reason in skipped() {
        println!("skipped: {reason}");
    }
    let cpus = usable_cpus();
    if cases.iter().any(|case| case.threads > cpus) {
        println!("skipped: cases with more threads than the CPUs that this process may use: {cpus}");
        cases.retain(|case| case.threads <= cpus);
    }

    let mut ciphers: Vec<Cipher> = cases.iter().map(|case| case.cipher).collect();
    ciphers.dedup();
    for cipher in ciphers {
        let chosen = chosen(arguments, cipher);
        if chosen.is_empty() {
            return Err(format!("no engine that was asked for serves {cipher} here"));
        }
        agreement::check(cipher, &mut contenders(cipher, &key(cipher.key_length()), &chosen))?;
    }
    println!("all contenders make the same bytes");

    let effort = arguments.effort();
    let limits = Limits::measure(effort.turn.max(Duration::from_micros(500)));
    for (unit, ns) in &limits.measured {
        println!("limit: {} by {}: {:.2} thousand millions a second", unit.kind.name(), unit.name, 1.0 / ns);
    }
    let cost_of_timing = cost_of_timing();

    let mut memory = Memory::new(room(&cases, &machine));
    // A machine that is shared has slow spells of seconds: with its rounds spread, each case has its part of them.
    let mut all: Vec<Option<Measured>> = cases.iter().map(|_| None).collect();
    let visits = arguments.visits.min(effort.rounds);
    for visit in 0..visits {
        eprintln!("visit {} of {visits}", visit + 1);
        for (case, so_far) in cases.iter().zip(&mut all) {
            let rounds = rounds_in(visit, visits, effort.rounds, case.placement);
            if rounds == 0 {
                continue;
            }
            let engines = chosen(arguments, case.cipher);
            let effort = Effort { rounds, ..effort };
            let settings = Settings { effort, limits: &limits, engines: &engines, cost_of_timing };
            let measured = measure(*case, &settings, memory.bytes());
            match so_far {
                Some(so_far) => so_far.add(measured),
                None => *so_far = Some(measured),
            }
        }
    }
    let (mut all_rows, mut by_case) = (Vec::new(), Vec::new());
    for measured in all.iter().flatten() {
        let rows = report::rows(measured);
        print!("{}", report::lines(measured, &rows));
        all_rows.extend(rows.clone());
        by_case.push((measured.case, rows));
    }
    if arguments.targets {
        print!("{}", report::targets(&machine, &by_case));
    }
    if let Some(path) = &arguments.json {
        write(path, &report::json(&machine, &versions, &limits, effort, &all_rows))
            .map_err(|error| format!("{}: {error}", path.display()))?;
    }
    Ok(())
}

/// How many of its rounds a case has in a visit. Memory would have to be filled anew each time, so cases there have all of
/// them at once.
fn rounds_in(visit: usize, visits: usize, rounds: usize, placement: Placement) -> usize {
    match (placement, visit) {
        (Placement::Memory, 0) => rounds,
        (Placement::Memory, _) => 0,
        _ => rounds / visits + usize::from(visit < rounds % visits),
    }
}

/// The engines that take part for a cipher, the best last.
fn chosen(arguments: &Arguments, cipher: Cipher) -> Vec<Engine> {
    let mut engines = engines(cipher);
    match &arguments.engines {
        None => engines.drain(..).next_back().into_iter().collect(),
        Some(Engines::All) => engines,
        Some(Engines::These(these)) => {
            engines.retain(|engine| these.contains(engine));
            engines
        }
    }
}

/// Bytes that the cases need: many times the largest cache where data shall lie in memory.
fn room(cases: &[Case], machine: &Machine) -> usize {
    let threads = cases.iter().map(|case| case.threads).max().unwrap_or(1);
    if cases.iter().any(|case| case.placement == Placement::Memory) {
        (256 << 20).max(8 * machine.largest_cache()) + threads * APART
    } else {
        threads << 20
    }
}

fn write(path: &Path, text: &str) -> std::io::Result<()> {
    if let Some(folder) = path.parent() {
        fs::create_dir_all(folder)?;
    }
    fs::write(path, text)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn visits_have_all_rounds_together_and_none_without_any_but_of_memory() {
        for placement in Placement::ALL {
            for (rounds, visits) in [(1, 1), (3, 3), (63, 9), (65, 9), (31, 7)] {
                let each: Vec<_> =
                    (0..visits).map(|visit| rounds_in(visit, visits, rounds, placement)).collect();
                assert_eq!(each.iter().sum::<usize>(), rounds, "{each:?}");
                assert!(placement == Placement::Memory || each.iter().all(|rounds| *rounds > 0), "{each:?}");
            }
        }
    }
}
