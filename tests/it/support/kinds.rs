//! How many cases of each kind hold: printed by the test, and gathered for the end of `tests/run`, which names a file for it.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::fs::OpenOptions;
use std::io::Write as _;

/// The cases of one file or test, by kind.
pub(crate) struct Kinds {
    of: &'static str,
    /// How many hold, of how many.
    counts: BTreeMap<String, (usize, usize)>,
    wrong: Vec<String>,
}

impl Kinds {
    /// Cases of what, in a word or two.
    pub(crate) fn new(of: &'static str) -> Self {
        Self { of, counts: BTreeMap::new(), wrong: Vec::new() }
    }

    /// One case, and what of it does not hold.
    pub(crate) fn case(&mut self, kind: &str, wrong: impl IntoIterator<Item = String>) {
        let before = self.wrong.len();
        self.wrong.extend(wrong.into_iter().map(|line| format!("{kind}: {line}")));
        let (held, all) = self.counts.entry(kind.to_owned()).or_default();
        *held += usize::from(self.wrong.len() == before);
        *all += 1;
    }

    /// How many cases there are of each kind.
    pub(crate) fn sizes(&self) -> impl Iterator<Item = (&str, usize)> {
        self.counts.iter().map(|(kind, (_, all))| (kind.as_str(), *all))
    }

    /// Says how many hold, and fails with those that do not.
    pub(crate) fn tell(self) {
        let mut table = String::new();
        for (kind, (held, all)) in &self.counts {
            writeln!(table, "{held:>5} of {all:<5} {}: {kind}", self.of).unwrap();
        }
        print!("{table}");
        if let Some(path) = std::env::var_os("ZWFW_KINDS") {
            // One call for all lines: other tests write here too.
            let mut file = OpenOptions::new().create(true).append(true).open(path).unwrap();
            file.write_all(table.as_bytes()).unwrap();
        }
        let all: usize = self.counts.values().map(|(_, all)| all).sum();
        assert!(
            self.wrong.is_empty(),
            "{} of {all} {}:\n{}",
            self.wrong.len(),
            self.of,
            self.wrong.join("\n")
        );
    }
}
