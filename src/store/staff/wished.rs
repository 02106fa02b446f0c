//! What the writer of a letter wishes for it: not to be named, or not to be published. His supplements may say so after his letter; what
//! a person decided on the marks since stands. The views say the same.

use crate::store::schema::pieces;

/// The pieces of the views that queries of the workbook may name.
const WISHES: [&str; 3] = ["wishes_to_be_unnamed", "wishes_not_to_be_published", "wishes_to_hide_who_he_is"];

/// A query with the conditions on a letter `s` in the places of their names: `⟪wishes_not_to_be_published⟫`.
pub(super) fn with_wishes(query: &str) -> String {
    WISHES.iter().fold(query.to_owned(), |query, name| {
        let name = format!("⟪{name}⟫");
        query.replace(&name, &pieces(&name))
    })
}
