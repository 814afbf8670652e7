//! Rows, and what is printed.

use std::fmt::Write as _;

use serde::Serialize;
use serde_json::json;

use crate::contender::{Calls, OURS};
use crate::grid::Case;
use crate::limits::{Limits, Passes};
use crate::machine::{Machine, Version};
use crate::measure::{Effort, Measured, Times};
use crate::statistics::Spread;
use crate::targets;

/// What one contender did in one case and one direction.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Row {
    pub cipher: &'static str,
    /// Ours only.
    pub engine: &'static str,
    pub library: &'static str,
    /// `seal`, `open`, or `draw_and_seal`.
    pub operation: &'static str,
    /// Bytes of a page (4096 and more), or of a record's text.
    pub size: usize,
    /// Bytes of text in it.
    pub text: usize,
    pub batch: usize,
    pub threads: usize,
    pub placement: &'static str,
    /// Nanoseconds a message, the median of the rounds; with several threads, of all of them together.
    pub ns: f64,
    /// The quartiles.
    pub ns_low: f64,
    pub ns_high: f64,
    /// Gigabytes (10^9 bytes) of text a second.
    pub gbps: f64,
    /// Ours only: how often as fast as the best peer, round by round.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub best_peer: Option<&'static str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub ratio: Option<Spread>,
    /// What the ratio is to be.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub target: Option<targets::Target>,
    /// The least that this machine needs for a message, and the share of it in the time taken.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub limit_ns: Option<f64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub share_of_limit: Option<Spread>,
    /// With data in memory: nanoseconds for copying as many bytes as a message and its tag and nonce take.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub copy_ns: Option<f64>,
}

/// Some samples of a contender: those of one direction.
type Samples = fn(&Times) -> &[f64];

/// The rows of a case: our engines first, as they were measured.
pub fn rows(measured: &Measured) -> Vec<Row> {
    let seal: Samples = |times| &times.seal;
    let open: Samples = |times| &times.open;
    let directions = match measured.case.calls {
        Calls::Drawn => vec![("draw_and_seal", seal)],
        Calls::Batches(_) => vec![("seal", seal), ("open", open)],
    };
    directions.into_iter().flat_map(|(name, samples)| direction(measured, name, samples)).collect()
}

fn direction(measured: &Measured, operation: &'static str, samples: Samples) -> Vec<Row> {
    let case = measured.case;
    let median = |times: &&Times| Spread::of(samples(times)).map_or(f64::INFINITY, |spread| spread.median);
    let peers = measured.times.iter().filter(|times| times.library != OURS);
    let best = peers.min_by(|a, b| median(a).total_cmp(&median(b)));
    let row = |times: &Times| {
        let ns = Spread::of(samples(times))?.rounded(2);
        let best = best.filter(|_| times.library == OURS);
        Some(Row {
            cipher: case.cipher.name(),
            engine: times.engine,
            library: times.library,
            operation,
            size: case.size,
            text: case.layout().text,
            batch: case.batch(),
            threads: case.threads,
            placement: case.placement.name(),
            ns: ns.median,
            ns_low: ns.low,
            ns_high: ns.high,
            gbps: (case.layout().text as f64 / ns.median * 1000.0).round() / 1000.0,
            best_peer: best.map(|best| best.library),
            ratio: best
                .and_then(|best| Spread::of_ratio(samples(best), samples(times)))
                .map(|r| r.rounded(3)),
            target: best.and_then(|_| targets::of(case)),
            limit_ns: Spread::of(&measured.limit).map(|limit| limit.rounded(2).median),
            share_of_limit: Spread::of_ratio(&measured.limit, samples(times)).map(|share| share.rounded(3)),
            copy_ns: measured
                .memory_passes
                .map(|passes| (passes.copy * case.layout().spacing as f64 * 100.0).round() / 100.0),
        })
    };
    measured.times.iter().filter_map(row).collect()
}

/// One line for each direction of a case.
pub fn lines(measured: &Measured, rows: &[Row]) -> String {
    let mut text = String::new();
    for operation in ["seal", "open", "draw_and_seal"] {
        let of: Vec<_> = rows.iter().filter(|row| row.operation == operation).collect();
        if of.is_empty() {
            continue;
        }
        let _ = write!(text, "{}: {operation}:", measured.case);
        for row in of {
            let name = if row.library == OURS { row.engine } else { row.library };
            let _ = write!(text, "  {name} {:.1}", row.ns);
            if let (Some(peer), Some(ratio)) = (row.best_peer, row.ratio) {
                let Spread { low, median, high } = ratio;
                let _ = write!(text, " ns = {median:.2} ({low:.2} to {high:.2}) x {peer}");
            }
            if let (true, Some(share)) = (row.library == OURS, row.share_of_limit) {
                let _ = write!(text, ", {:.0} % of the limit |", share.median * 100.0);
            }
        }
        text.push('\n');
    }
    if let Some(Passes { copy, update }) = measured.memory_passes {
        let _ = writeln!(
            text,
            "    memory: copied at {:.1} GB/s, changed in place at {:.1}",
            1.0 / copy,
            1.0 / update
        );
    }
    text
}

/// Everything as JSON: one row a line, so that differences can be read.
pub fn json(
    machine: &Machine,
    versions: &[Version],
    limits: &Limits,
    effort: Effort,
    rows: &[Row],
) -> String {
    let measured: Vec<_> = limits
        .measured
        .iter()
        .map(|(unit, ns)| {
            json!({
                "kind": unit.kind.name(), "unit": unit.name,
                "operations_per_second": (1e9 / ns).round(),
            })
        })
        .collect();
    let head = json!({
        "machine": machine,
        "versions": versions,
        "rounds": effort.rounds,
        "limits": measured,
    });
    let head = format!("{head:#}");
    let rows: Vec<_> = rows.iter().map(|row| json!(row).to_string()).collect();
    format!(
        "{},\n  \"rows\": [\n{}\n  ]\n}}\n",
        head.trim_end().trim_end_matches('}').trim_end(),
        rows.join(",\n")
    )
}

/// The targets beside what was measured, by our best engine.
pub fn targets(machine: &Machine, cases: &[(Case, Vec<Row>)]) -> String {
    let mut lines = Vec::new();
    let (mut met, mut all) = (0, 0);
    for (case, rows) in cases {
        for row in best_of_ours(rows) {
            let what = format!("{case}: {}", row.operation);
            if let (Some(target), Some(ratio)) = (targets::of(*case), row.ratio) {
                all += 1;
                let reached = ratio.median >= target.at_least;
                met += usize::from(reached);
                let reach = target.in_reach.map_or(String::new(), |reach| format!(", in reach {reach:.2}"));
                let peer = row.best_peer.unwrap_or_default();
                lines.push(format!(
                    "{:9} {:.2} x {peer}, at least {:.2}{reach}  {what} by {}",
                    if reached { "met" } else { "not met" },
                    ratio.median,
                    target.at_least,
                    row.engine
                ));
            }
            if let (Some(target), Some(share)) = (targets::share(*case), row.share_of_limit) {
                all += 1;
                let reached = share.median >= target;
                met += usize::from(reached);
                lines.push(format!(
                    "{:9} {:.0} % of the limit, at least {:.0} %  {what} by {}",
                    if reached { "met" } else { "not met" },
                    share.median * 100.0,
                    target * 100.0,
                    row.engine
                ));
            }
        }
    }
    if all == 0 {
        return String::new();
    }
    let mut text = format!("\ntargets, {met} of {all} met:\n{}\n", lines.join("\n"));
    if !machine.has_avx512_and_vaes() {
        text.push_str("the targets are stated for CPUs with AVX-512 and VAES; this one lacks them\n");
    }
    text
}

/// For each operation, the row of the best engine, which stands last among ours.
fn best_of_ours(rows: &[Row]) -> impl Iterator<Item = &Row> {
    ["seal", "open", "draw_and_seal"]
        .into_iter()
        .filter_map(|operation| rows.iter().rfind(|row| row.library == OURS && row.operation == operation))
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use pagecrypt::Cipher;

    use super::*;
    use crate::grid::Placement;

    fn measured(calls: Calls, placement: Placement) -> Measured {
        let case = Case { cipher: Cipher::Aegis256, size: 4096, calls, threads: 1, placement };
        let times = |library, engine, ns: f64| Times {
            library,
            engine,
            seal: vec![ns, 2.0 * ns, ns],
            open: vec![2.0 * ns, 2.0 * ns, 2.0 * ns],
        };
        Measured {
            case,
            times: vec![
                times(OURS, "slow", 400.0),
                times(OURS, "fast", 100.0),
                times("worse", "", 900.0),
                times("better", "", 270.0),
            ],
            limit: vec![70.0, 70.0, 70.0],
            unit: "unit",
            memory_passes: None,
        }
    }

    #[test]
    fn ratios_are_to_the_best_peer_and_ours_only() {
        let rows = rows(&measured(Calls::Batches(64), Placement::L2));
        assert_eq!(rows.len(), 8);
        let (ours, peer) = (&rows[1], &rows[3]);
        assert_eq!((ours.engine, ours.operation, ours.ns, ours.batch), ("fast", "seal", 100.0, 64));
        assert_eq!(ours.gbps, 40.48);
        assert_eq!((ours.best_peer, ours.ratio.unwrap().median), (Some("better"), 2.7));
        assert_eq!(ours.share_of_limit.unwrap().median, 0.7);
        assert_eq!((peer.library, peer.best_peer, peer.ratio), ("better", None, None));
    }

    #[test]
    fn json_has_a_row_for_each_contender_with_the_fields_that_the_documents_read() {
        let machine = Machine::here();
        let limits = Limits { measured: Vec::new() };
        let effort = Effort { rounds: 3, turn: Duration::ZERO, warming: Duration::ZERO };
        let rows = rows(&measured(Calls::Drawn, Placement::L2));
        let text = json(&machine, &[], &limits, effort, &rows);
        let read: serde_json::Value = serde_json::from_str(&text).unwrap();
        assert_eq!(read["rows"].as_array().unwrap().len(), 4);
        assert_eq!(read["rounds"], 3);
        let row = &read["rows"][1];
        assert_eq!(row["operation"], "draw_and_seal");
        for field in [
            "cipher",
            "engine",
            "library",
            "operation",
            "size",
            "batch",
            "threads",
            "placement",
            "ns",
            "gbps",
        ] {
            assert!(!row[field].is_null(), "{field}");
        }
    }

    #[test]
    fn targets_say_what_is_met_by_the_best_engine() {
        let mut machine = Machine::here();
        machine.features = Vec::new();
        let cases =
            [measured(Calls::Batches(64), Placement::L2), measured(Calls::Batches(16), Placement::L1)]
                .map(|measured| (measured.case, rows(&measured)));
        let text = targets(&machine, &cases);
        assert!(text.contains("3 of 4 met"), "{text}");
        assert!(text.contains("met       2.70 x better, at least 2.60, in reach 2.80"), "{text}");
        assert!(text.contains("met       70 % of the limit"), "{text}");
        assert!(text.contains("not met   35 % of the limit"), "{text}");
        assert!(text.contains("this one lacks them"), "{text}");
        machine.features = ["avx512f", "avx512vl", "avx512bw", "vaes"].map(String::from).to_vec();
        assert!(!targets(&machine, &cases).contains("lacks"));
    }
}
