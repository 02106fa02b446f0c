//! Which earlier letters a case speaks of.

use crate::store::{RelationRow, Shown};

/// The earlier submissions that this one speaks of in that way, without those that a guess alone would name, and other people's.
pub(super) fn named<'a>(shown: &'a Shown, kinds: &'a [&str]) -> impl Iterator<Item = &'a str> {
    let of_kind = move |relation: &&RelationRow| kinds.contains(&relation.kind.as_str());
    meant(shown).filter(of_kind).map(|relation| relation.earlier.as_str())
}

/// Each of them once, in whatever way it speaks of it.
pub(super) fn all(shown: &Shown) -> Vec<&str> {
    let mut numbers: Vec<&str> = Vec::new();
    for relation in meant(shown) {
        if !numbers.contains(&relation.earlier.as_str()) {
            numbers.push(&relation.earlier);
        }
    }
    numbers
}

/// The only one, where it is one.
pub(super) fn concerned(shown: &Shown) -> Option<&str> {
    match all(shown)[..] {
        [number] => Some(number),
        _ => None,
    }
}

fn meant(shown: &Shown) -> impl Iterator<Item = &RelationRow> {
    let own = shown.row.number.as_str();
    shown.relations.iter().filter(move |relation| {
        relation.later.as_deref() == Some(own)
            && relation.earlier != own
            && relation.basis != "same_sender"
            && !shown.numbers_of_others.holds(&relation.earlier)
    })
}
