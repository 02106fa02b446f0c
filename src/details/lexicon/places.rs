//! Words that begin like a name and stand alone on a line where a letter ends: places, and things.

use std::collections::HashSet;
use std::sync::LazyLock;

use crate::vocabulary::language::{Table, language_table, word_list};

language_table!(
    /// The country, its provinces and the cities that people everywhere speak of.
    REGIONS, "language/regions.tsv");
/// The cities, districts and counties of each province that has a table in `rules/places`: `build.rs` puts them into one.
/// All are known whichever draft is asked about, for letters come from anywhere.
static LOCAL: LazyLock<Table> =
    LazyLock::new(|| Table::parse(include_str!(concat!(env!("OUT_DIR"), "/places.tsv"))));
language_table!(THINGS, "language/things.tsv");

word_list!(PROVINCES, REGIONS, "province");
word_list!(CITIES, REGIONS, "city");
word_list!(COUNTRIES, REGIONS, "country");
word_list!(LOCAL_CITIES, LOCAL, "city");
word_list!(
    /// What letters complain about.
    COMPLAINED_OF, THINGS, "thing"
);

/// Every place that is known, as people write it without 省, 市, 区 and 县.
static PLACES: LazyLock<HashSet<&str>> = LazyLock::new(|| {
    [&REGIONS, &LOCAL].into_iter().flat_map(|table| table.rows()).map(|row| row.word).collect()
});

/// The country, a province or a city that the text begins with, as people write it without 省 and 市. Districts are left
/// out, for their names are everyday words too (和平, 振兴).
pub(crate) fn place_at_start(text: &str) -> Option<&str> {
    [&LOCAL_CITIES, &PROVINCES, &CITIES, &COUNTRIES].into_iter().find_map(|words| words.at_start(text))
}

/// Whether the word is a place that is known by name.
pub(crate) fn is_known(word: &str) -> bool {
    PLACES.contains(word)
}

/// Whether the word is a thing that letters speak of.
pub(crate) fn is_thing(word: &str) -> bool {
    COMPLAINED_OF.contains(word)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_word_of_every_provinces_table_is_known() {
        let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/rules/places");
        for file in std::fs::read_dir(folder).unwrap() {
            let file = file.unwrap().path();
            let rows = std::fs::read_to_string(&file).unwrap();
            for row in rows.lines().filter(|row| !row.starts_with("# ")) {
                let word = row.split('\t').next().unwrap();
                assert!(is_known(word), "{}: {word}", file.display());
            }
        }
    }
}
