//! The figures, for people and for machines.

use crate::timing::Row;
use crate::{BATCH, PAGE_SIZES, PROMISE};

pub(crate) fn as_text(rows: &[Row]) -> String {
    let mut text = format!(
        "{:<17} {:<11} {:>5} {:>5} {:>9} {:>9} {:>9} {:>9} {:>9} {:>9}\n",
        "cipher",
        "operation",
        "pages",
        "bytes",
        "Rust min",
        "C min",
        "C - Rust",
        "Rust med",
        "C med",
        "med diff"
    );
    for row in rows {
        text += &format!(
            "{:<17} {:<11} {:>5} {:>5} {:>9.1} {:>9.1} {:>+9.1} {:>9.1} {:>9.1} {:>+9.1}\n",
            row.cipher.name(),
            row.operation,
            row.pages,
            row.page_size,
            row.rust.minimum,
            row.c.minimum,
            row.difference(),
            row.rust.median,
            row.c.median,
            row.median_difference
        );
    }
    text += "\nNanoseconds a page. seal_pages draws nonces from the operating system, on both sides.\n";
    text += &format!("What C took longer at most, by the minima (promised for one page: {PROMISE}):\n");
    for page_size in PAGE_SIZES {
        let most = |draws: bool, several: bool| {
            let those = rows.iter().filter(|row| {
                row.page_size == page_size
                    && (row.pages > 1) == several
                    && (several || (row.operation == "seal_pages") == draws)
            });
            those.map(Row::difference).fold(f64::MIN, f64::max)
        };
        text += &format!(
            "  {page_size} bytes: {:.1} for one page without a draw, {:.1} with one, {:.1} for a page of {BATCH}\n",
            most(false, false),
            most(true, false),
            most(false, true)
        );
    }
    text
}

pub(crate) fn as_json(rows: &[Row]) -> String {
    let rows: Vec<_> = rows
        .iter()
        .map(|row| {
            serde_json::json!({
                "cipher": row.cipher.name(),
                "operation": row.operation,
                "pages": row.pages,
                "page_size": row.page_size,
                "rust_minimum": row.rust.minimum,
                "rust_median": row.rust.median,
                "c_minimum": row.c.minimum,
                "c_median": row.c.median,
                "difference_of_minima": row.difference(),
                "median_difference": row.median_difference,
            })
        })
        .collect();
    let unit = "nanoseconds a page";
    format!("{:#}\n", serde_json::json!({ "unit": unit, "promise": PROMISE, "rows": rows }))
}
