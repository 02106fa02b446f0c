//! Words that begin like a name and stand alone on a line where a letter ends: places, and things.

use std::collections::HashSet;
use std::sync::LazyLock;

use crate::vocabulary::language::{language_table, word_list};

language_table!(
    /// The country, its provinces and the cities that people everywhere speak of.
    REGIONS, "language/regions.tsv");
language_table!(
    /// One province's cities, and its districts and counties. Another province's table stands beside it.
    LIAONING, "places/liaoning.tsv");
language_table!(THINGS, "language/things.tsv");

word_list!(PROVINCES, REGIONS, "province");
word_list!(CITIES, REGIONS, "city");
word_list!(COUNTRIES, REGIONS, "country");
word_list!(OWN_CITIES, LIAONING, "city");
word_list!(
    /// What letters complain about.
    COMPLAINED_OF, THINGS, "thing"
);

/// Every place that is known, as people write it without 省, 市, 区 and 县.
static PLACES: LazyLock<HashSet<&str>> = LazyLock::new(|| {
    [&REGIONS, &LIAONING].into_iter().flat_map(|table| table.rows()).map(|row| row.word).collect()
});

/// The country, a province or a city that the text begins with, as people write it without 省 and 市. Districts are left
/// out, for their names are everyday words too (和平, 振兴).
pub(crate) fn place_at_start(text: &str) -> Option<&str> {
    [&OWN_CITIES, &PROVINCES, &CITIES, &COUNTRIES].into_iter().find_map(|words| words.at_start(text))
}

/// Whether the word is a place that is known by name.
pub(crate) fn is_known(word: &str) -> bool {
    PLACES.contains(word)
}

/// Whether the word is a thing that letters speak of.
pub(crate) fn is_thing(word: &str) -> bool {
    COMPLAINED_OF.contains(word)
}
