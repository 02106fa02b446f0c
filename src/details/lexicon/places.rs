//! Words that begin like a name and stand alone on a line where a letter ends: places, and things.

use std::collections::HashSet;
use std::sync::LazyLock;

use crate::vocabulary::language::{Table, language_table};

language_table!(CHINA, "places/china.tsv");
language_table!(LIAONING, "places/liaoning.tsv");
language_table!(THINGS, "language/things.tsv");

/// The tables of places, a file for each province whose places are known beside that of the country.
static TABLES: [&LazyLock<Table>; 2] = [&CHINA, &LIAONING];

/// Provinces, cities and districts as people write them, without 省, 市, 区, 县.
static PLACES: LazyLock<HashSet<&str>> =
    LazyLock::new(|| TABLES.iter().flat_map(|table| table.rows()).map(|row| row.word).collect());

/// The places that people put in front of a word, without a unit: 大城市市民, 某省某市. Districts are left out, for
/// their names are everyday words too (和平, 振兴).
static IN_FRONT: LazyLock<Vec<&str>> = LazyLock::new(|| {
    let wide = |meaning| TABLES.iter().flat_map(move |table| table.words(meaning));
    ["country", "province", "city"].into_iter().flat_map(wide).collect()
});

static THING_WORDS: LazyLock<HashSet<&str>> = LazyLock::new(|| THINGS.set("thing"));

/// Whether the word is a place that is known by name.
pub(crate) fn is_known(word: &str) -> bool {
    PLACES.contains(word)
}

/// What stands behind a country, province or city at the front of a word.
pub(crate) fn behind_place(word: &str) -> Option<&str> {
    IN_FRONT.iter().find_map(|place| word.strip_prefix(place))
}

/// Whether the word is a thing that letters speak of.
pub(crate) fn is_thing(word: &str) -> bool {
    THING_WORDS.contains(word)
}
