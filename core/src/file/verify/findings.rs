//! What was found in a database, and what it comes to.

use crate::cipher::Cipher;
use crate::engine::Engine;
use crate::error::{Error, Unit};
use crate::page::PageCodec;

use super::super::diagnosis::{HeaderField, PageOne};
use super::super::extent::Extent;
use super::super::numbers::Numbers;

/// What is right and wrong with an encrypted database.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct VerifyReport {
    /// The cipher that opens it.
    pub cipher: Cipher,
    /// The engine that opened it.
    pub engine: Engine,
    /// Length of a page, in bytes.
    pub page_size: usize,
    /// How many pages the database has, its write-ahead log applied. Where page 1 is damaged: how many whole pages
    /// the file holds, if the log does not tell.
    pub pages: u32,
    /// How many whole pages of the main file were checked.
    pub pages_checked: u32,
    /// Fields of page 1's header that are damaged: with them put right, page 1 opens.
    pub damaged_header: Vec<HeaderField>,
    /// Pages of the main file that are damaged or forged, whether or not the log replaces them.
    pub damaged_pages: Numbers,
    /// Pages that the database has, and neither the file nor the log holds: the file was cut.
    pub missing_pages: Numbers,
    /// Whole pages behind the database's last one that open under the key: left over, and no damage.
    pub surplus_pages: Numbers,
    /// Whole pages behind the database's last one that are not its own.
    pub foreign_pages: Numbers,
    /// Bytes behind the last whole page that do not belong to the database.
    pub trailing_bytes: u64,
    /// The write-ahead log, where there is one.
    pub log: Option<LogReport>,
}

/// What is right and wrong with a database's write-ahead log.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct LogReport {
    /// How many whole frames there are.
    pub frames: u64,
    /// How many of them, from the first, are part of the database.
    pub committed: u64,
    /// How many follow that no commit ended: a program stopped, or is at it.
    pub uncommitted: u64,
    /// How many are left over from before a checkpoint. They count for nothing and are not opened.
    pub stale: u64,
    /// Bytes behind the last whole frame: a program stopped while it wrote.
    pub torn_bytes: u64,
    /// Frames, from 1, that are damaged, forged, or not in their place.
    pub damaged: Numbers,
    /// What is wrong with the log's header, so that it cannot be applied.
    pub problem: Option<&'static str>,
}

impl VerifyReport {
    pub(super) fn new(
        codec: &PageCodec,
        page_one: PageOne,
        extent: &Extent,
        unopened: &Numbers,
        log: Option<LogReport>,
    ) -> Self {
        let mut report = Self {
            cipher: codec.cipher(),
            engine: codec.engine(),
            page_size: codec.page_size(),
            pages: extent.pages,
            pages_checked: extent.in_file,
            damaged_header: match page_one {
                PageOne::Header(fields) => fields,
                PageOne::Authentic | PageOne::Damaged => Vec::new(),
            },
            damaged_pages: Numbers::default(),
            missing_pages: extent.missing.clone(),
            surplus_pages: Numbers::default(),
            foreign_pages: Numbers::default(),
            trailing_bytes: extent.trailing,
            log,
        };
        let mut surplus = *extent.surplus.start();
        for range in unopened.ranges() {
            let (start, end) = (*range.start(), *range.end());
            let foreign = start.max(*extent.surplus.start());
            report.damaged_pages.push_range(start..=end.min(extent.surplus.start() - 1));
            report.foreign_pages.push_range(foreign..=end);
            if end >= foreign {
                report.surplus_pages.push_range(surplus..=foreign - 1);
                surplus = end + 1;
            }
        }
        report.surplus_pages.push_range(surplus..=*extent.surplus.end());
        report
    }

    /// Whether nothing is damaged.
    #[must_use]
    pub fn is_intact(&self) -> bool {
        self.error().is_none()
    }

    /// The damage as one error, the gravest first: [`Error::AuthenticationFailed`] for pages, then for frames;
    /// [`Error::Malformed`] for a file that was cut or grew, or a log that cannot be applied.
    #[must_use]
    pub fn error(&self) -> Option<Error> {
        let log = self.log.as_ref();
        let pages = self.damaged_pages.failures(Unit::Page);
        let failures = pages.or_else(|| log.and_then(|log| log.damaged.failures(Unit::Frame)));
        match failures {
            Some(failures) => Some(Error::AuthenticationFailed(failures)),
            None if !self.missing_pages.is_empty() => {
                Some(Error::Malformed("the file was cut: pages that its header counts are missing"))
            }
            None if !self.foreign_pages.is_empty() || self.trailing_bytes > 0 => {
                Some(Error::Malformed("foreign bytes follow the last page"))
            }
            None => log.and_then(|log| log.problem).map(Error::Malformed),
        }
    }

    /// Everything that is damaged, a sentence each. Empty where [`is_intact`](Self::is_intact).
    #[must_use]
    pub fn findings(&self) -> Vec<String> {
        let mut findings = Vec::new();
        if !self.damaged_header.is_empty() {
            let fields: Vec<_> = self.damaged_header.iter().map(|field| field.name()).collect();
            findings.push(format!(
                "page 1's header is damaged ({}): it was sealed with {} and pages of {} bytes",
                fields.join(", "),
                self.cipher,
                self.page_size
            ));
        }
        let mut list = |numbers: &Numbers, one: &str, several: &str, what: &str| match numbers.count() {
            0 => {}
            1 => findings.push(format!("{one} {numbers} {what}")),
            _ => findings.push(format!("{several} {numbers} {what}")),
        };
        list(&self.damaged_pages, "page", "pages", "damaged or forged");
        list(&self.missing_pages, "page", "pages", "missing: the file was cut");
        list(&self.foreign_pages, "page", "pages", "behind the database's last page, and not its own");
        if let Some(log) = &self.log {
            list(
                &log.damaged,
                "frame",
                "frames",
                "of the write-ahead log damaged, forged or not in their place",
            );
            findings.extend(
                log.problem.map(|problem| format!("the write-ahead log cannot be applied: {problem}")),
            );
        }
        if self.trailing_bytes > 0 {
            findings.push(format!("{} foreign bytes follow the last page", self.trailing_bytes));
        }
        findings
    }
}
