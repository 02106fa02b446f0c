//! Why something that stands in a file is not taken, and where it stands.

/// Why something is not taken.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Why {
    /// A heading is missing: everything below it would be taken for emptied.
    NoColumn,
    /// Two columns are called the same.
    ColumnTwice,
    /// Nothing says which row it is.
    NoKey,
    /// No such row is in the store.
    UnknownKey,
    /// It was written from another store.
    OtherStore,
    /// It was written for another consultation.
    OtherConsultation,
    /// The row is not the one that its key names; what stands there by the store.
    NotItsKey(String),
    /// The same row stands there twice and says different things; the other row.
    Twice(u32),
    /// Two files say different things; the other file, its row and what it says.
    OtherFile(String, u32, String),
    /// Somebody changed it since; what was written into the file, and what stands in the store now.
    Stale(String, String),
    /// It is a formula.
    Formula,
    /// It cannot stand there; why.
    Cannot(String),
}

/// Something that is not taken, and where it stands.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Refusal {
    /// The file.
    pub file: String,
    /// The sheet.
    pub sheet: &'static str,
    /// The row, as a spreadsheet shows it.
    pub row: u32,
    /// The heading; empty where it is about the whole row.
    pub column: String,
    /// What stands there.
    pub value: String,
    /// Why.
    pub why: Why,
}
