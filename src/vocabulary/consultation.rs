//! What the office announced: one public consultation.

use std::path::PathBuf;

use jiff::civil::Date;
use jiff::{SignedDuration, Timestamp};

use super::invited::Invited;

/// One consultation (征求意见), as the rules rely on it; checked by `config`.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Consultation {
    /// Short name for files, logs and the `submission.consultation` column.
    pub id: String,
    /// The document's title, with or without its draft marker, as published.
    pub title: String,
    /// What views and lists call it.
    pub short_title: String,
    /// The subject that the notice demands, as printed there; empty: it demands none, and whoever names the title has
    /// said enough.
    pub subject_tag: String,
    /// The place or body that the title begins with (the province's name without 省). A title that differs in it is another
    /// issuer's twin and is never matched approximately.
    pub issuer: String,
    /// The office that signs the acknowledgement.
    pub office_name: String,
    /// First instant at which a comment counts; `None` when the notice names none.
    pub opens: Option<Timestamp>,
    /// First instant at which a comment is late. `2024-03-13` in the configuration is
    /// `2024-03-14T00:00:00+08:00` here (民法典 art. 203: the last day ends at 24:00).
    pub closes: Timestamp,
    /// The deadline in words for people: `2024年3月13日24时`.
    pub closes_in_words: String,
    /// The day by which the office is to say what became of the opinions; `None` when it named none.
    pub feedback_due: Option<Date>,
    /// What numbers begin with: `LNZX-2024` gives `LNZX-2024-0001`.
    pub number_prefix: String,
    /// The office's own telephone numbers as published; never a citizen's.
    pub office_phones: Vec<String>,
    /// The office's own addresses; never a citizen's, never answered.
    pub office_addresses: Vec<String>,
    /// Phrases that make a subject a near miss. Empty: phrases quoted inside the title serve.
    pub anchors: Vec<String>,
    /// The closed list of occupations in the notice's order; empty: the notice asks for none.
    pub occupations: Vec<Occupation>,
    /// The draft's parts that have names.
    pub parts: Vec<Part>,
    /// The draft's clauses, for reports by clause.
    pub clauses: Vec<Clause>,
    /// The units that the office asked by letter, in its order.
    pub invited: Vec<Invited>,
    /// The office's own wording of the acknowledgements.
    pub templates: Templates,
}

impl Consultation {
    /// The occupations as printed in the notice.
    pub fn occupation_names(&self) -> Vec<&str> {
        self.occupations.iter().map(|occupation| occupation.name.as_str()).collect()
    }
}

/// One value of a consultation's list of occupations.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Occupation {
    /// The value as printed in the notice.
    pub name: String,
    /// The kinds of `rules/language/occupation_kinds.tsv` that are counted under it. Empty: the kind of its own name.
    pub kinds: Vec<String>,
    /// Further words that mean it in this consultation.
    pub also: Vec<String>,
}

impl Consultation {
    /// How many whole days it has been closed; `None` while it is open or to come.
    pub fn closed_for(&self, now: Timestamp) -> Option<i64> {
        (now >= self.closes).then(|| now.duration_since(self.closes).as_hours() / 24)
    }

    /// How far its time is from an instant; nothing while it is open.
    pub fn time_beside(&self, at: Timestamp) -> SignedDuration {
        let until_it_opens = self.opens.filter(|opens| at < *opens).map(|opens| opens.duration_since(at));
        until_it_opens.unwrap_or_else(|| at.duration_since(self.closes).max(SignedDuration::ZERO))
    }
}

impl Occupation {
    /// A value that only its name describes.
    pub fn named(name: impl Into<String>) -> Self {
        Self { name: name.into(), ..Self::default() }
    }
}

/// One part of the draft that people cite by its name instead of its number.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Part {
    /// The number as clauses' codes begin with it: `二`.
    pub number: String,
    /// What it is called: `工作任务`.
    pub names: Vec<String>,
}

/// One clause of the draft that opinions can be attributed to.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Clause {
    /// The citation form: `二(二)3`, `附件5`, `总体`.
    pub code: String,
    /// The clause's catch-word: `跨域办`.
    pub name: String,
    /// Further words that point to this clause.
    pub also: Vec<String>,
    /// Words that staff gave it after they had read letters: they point to it as they stand, also those of two characters.
    pub words: Vec<String>,
}

impl Clause {
    /// Every word that points to it.
    pub fn catch_words(&self) -> impl Iterator<Item = &str> {
        let names = self.name.split(['/', '、', '／']).filter(|name| !name.is_empty());
        names.chain(self.also.iter().chain(&self.words).map(String::as_str))
    }
}

/// Template texts that replace the built-in ones, by kind of acknowledgement. The first line of a
/// template is the subject, the rest is the body (minijinja syntax).
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Templates {
    /// Pairs of a kind's word (`accepted`, `near_miss`, …) and the template's text.
    pub by_kind: Vec<(String, String)>,
    /// Pairs of the same word and the file that the text stands in.
    pub files: Vec<(String, PathBuf)>,
}

impl Templates {
    /// One more text, and where it stands.
    pub fn push(&mut self, kind: &str, text: String, file: PathBuf) {
        self.by_kind.push((kind.to_owned(), text));
        self.files.push((kind.to_owned(), file));
    }

    /// Those of `shared` that are not replaced here.
    pub fn fill(&mut self, shared: &Self) {
        for ((kind, text), (_, file)) in shared.by_kind.iter().zip(&shared.files) {
            if self.by_kind.iter().all(|(own, _)| own != kind) {
                self.push(kind, text.clone(), file.clone());
            }
        }
    }
}
