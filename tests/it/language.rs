//! The tables of `rules/`: each is sorted, holds no row twice, and is read by the program.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::PathBuf;

use crate::support::repository;

/// Meanings that no word may have both of: one word cannot be two things that exclude each other. `file.tsv:meaning`.
const CONTRADICTIONS: &[(&str, &str)] = &[
    // A label names one charset.
    ("charset_labels.tsv:gb", "charset_labels.tsv:big5"),
    ("charset_labels.tsv:gb", "charset_labels.tsv:utf-8"),
    ("charset_labels.tsv:gb", "charset_labels.tsv:hz"),
    ("charset_labels.tsv:missing", "charset_labels.tsv:ascii"),
    // A field proves one kind of machine.
    ("machine_fields.tsv:auto_reply", "machine_fields.tsv:generated"),
    ("machine_fields.tsv:auto_reply", "machine_fields.tsv:bounce"),
    // A marker is a machine's of one kind, or a person's prefix.
    ("subject_markers.tsv:auto-reply", "subject_markers.tsv:bounce"),
    ("subject_markers.tsv:auto-reply", "subject_markers.tsv:reply"),
    ("subject_markers.tsv:bounce", "subject_markers.tsv:bounce with colon"),
    ("subject_markers.tsv:receipt", "subject_markers.tsv:recall"),
    ("subject_markers.tsv:receipt with colon", "subject_markers.tsv:reply"),
    ("subject_markers.tsv:reply", "subject_markers.tsv:forward"),
    // What an office does is not what a citizen offers, and a kind of document is no draft marker.
    ("subject_words.tsv:office asks", "subject_words.tsv:ask"),
    ("subject_words.tsv:notice", "subject_words.tsv:answers"),
    ("subject_words.tsv:document kind", "subject_words.tsv:marker whole"),
    ("subject_words.tsv:document kind", "subject_words.tsv:ask"),
    // A line of a header is the sender's or another.
    ("quote_headers.tsv:label of sender", "quote_headers.tsv:label"),
    ("quote_headers.tsv:rule alone", "quote_headers.tsv:rule doubtful"),
    // A surname is a common one, or a word besides.
    ("surnames.tsv:common", "surnames.tsv:rare"),
    ("surnames.tsv:common", "surnames.tsv:everyday word"),
    ("surnames.tsv:single", "surnames.tsv:rare"),
    ("surnames.tsv:single", "surnames.tsv:traditional"),
    // What may be a name is none of the words that never are.
    ("names.tsv:name too", "names.tsv:no signature"),
    ("names.tsv:name too", "names.tsv:placeholder"),
    ("names.tsv:name too", "names.tsv:not filled in"),
    ("names.tsv:name too", "names.tsv:title"),
    ("names.tsv:given name", "names.tsv:no name"),
    ("names.tsv:no name", "names.tsv:no signature"),
    ("names.tsv:transliteration", "names.tsv:never in a given name"),
    ("names.tsv:complaint", "names.tsv:complaint of a thing"),
    // What begins an organisation's name in spite of its look does not also begin a sentence.
    ("organizations.tsv:begins a name too", "organizations.tsv:begins a sentence"),
    ("organizations.tsv:begins a sentence", "organizations.tsv:kind of place"),
    ("roles.tsv:role", "roles.tsv:modifier"),
    ("roles.tsv:role", "roles.tsv:department ending"),
    ("letters.tsv:column of others", "letters.tsv:column of the opinion"),
    ("letters.tsv:addressee", "letters.tsv:greeting"),
    ("letters.tsv:thanks", "letters.tsv:wish"),
    ("signatures.tsv:leaves a sentence open", "signatures.tsv:asks for a signature"),
    ("regions.tsv:province", "regions.tsv:city"),
];

/// Meanings whose words also have a wider one.
const WITHIN: &[(&str, &str)] = &[
    ("surnames.tsv:common", "surnames.tsv:single"),
    ("surnames.tsv:everyday word", "surnames.tsv:single"),
    ("surnames.tsv:signs", "surnames.tsv:everyday word"),
    ("organizations.tsv:begins a proposal", "organizations.tsv:begins a sentence"),
];

/// Tables of which each word has one meaning.
const ONE_MEANING: &[&str] = &["language/labels.tsv", "language/regions.tsv"];

/// The tables, by their path in `rules/`, with their rows.
fn tables() -> BTreeMap<String, Vec<(usize, String)>> {
    let root = repository().join("rules");
    let mut found = BTreeMap::new();
    for folder in ["language", "places"] {
        for entry in fs::read_dir(root.join(folder)).into_iter().flatten().flatten() {
            let path: PathBuf = entry.path();
            let name = format!("{folder}/{}", path.file_name().unwrap().to_str().unwrap());
            let rows = fs::read_to_string(&path)
                .unwrap()
                .lines()
                .enumerate()
                .filter(|(_, line)| !line.starts_with("# "))
                .map(|(index, line)| (index + 1, line.to_owned()))
                .collect();
            assert!(path.extension().is_some_and(|end| end == "tsv"), "rules/{name} is no table");
            found.insert(name, rows);
        }
    }
    found
}

/// Everything in `src`, one text.
fn sources() -> String {
    let mut sources = String::new();
    let mut folders = vec![repository().join("src")];
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(folder).unwrap().flatten() {
            if entry.path().is_dir() {
                folders.push(entry.path());
            } else {
                sources += &fs::read_to_string(entry.path()).unwrap_or_default();
            }
        }
    }
    sources
}

#[test]
fn every_table_is_sorted_and_has_no_row_twice() {
    for (name, rows) in tables() {
        let mut last: Option<(String, String)> = None;
        for (line, row) in rows {
            let columns: Vec<&str> = row.split('\t').collect();
            let [word, meaning, _] = columns[..] else {
                panic!(
                    "rules/{name}:{line}: three columns are needed, word ⇥ meaning ⇥ why or example: {row}"
                );
            };
            assert!(!word.is_empty() && !meaning.is_empty(), "rules/{name}:{line}: {row}");
            assert_eq!(word.trim(), word, "rules/{name}:{line}: blanks around the word");
            let key = (meaning.to_owned(), word.to_owned());
            assert!(last.as_ref() != Some(&key), "rules/{name}:{line}: {word} stands twice");
            assert!(
                last.as_ref() < Some(&key),
                "rules/{name}:{line}: {word} is out of order (by meaning, then word)"
            );
            last = Some(key);
        }
    }
}

/// The program began with one province's draft; what is that draft's own stands in its tables and its consultation's file.
#[test]
fn nothing_of_the_first_draft_is_in_the_source() {
    let mut own =
        vec!["辽宁".to_owned(), "总体要求".to_owned(), "保障措施".to_owned(), "退(离)休".to_owned()];
    let cities = tables().remove("places/liaoning.tsv").unwrap();
    let is_city = |row: &&(usize, String)| row.1.split('\t').nth(1) == Some("city");
    own.extend(cities.iter().filter(is_city).map(|(_, row)| row.split('\t').next().unwrap().to_owned()));
    assert!(own.len() > 15);
    let sources = sources();
    let found: Vec<&String> = own.iter().filter(|word| sources.contains(*word)).collect();
    assert!(found.is_empty(), "src speaks of {found:?}");
}

/// Tables whose meanings no rule names: a status of RFC 3463; the other character; a kind of occupation, which consultations name, and its rank.
const MEANINGS_ARE_DATA: &[&str] = &[
    "language/bounce_statuses.tsv",
    "language/traditional.tsv",
    "language/occupations.tsv",
    "language/occupation_kinds.tsv",
];

/// What a word of `rules/places` may be. The build takes that folder whole, and a test beside the reader looks up each word.
const KINDS_OF_PLACES: &[&str] = &["city", "district"];

#[test]
fn every_table_is_read_by_the_program() {
    let sources = sources();
    for (name, rows) in tables() {
        let meanings: BTreeSet<&str> = rows.iter().filter_map(|(_, row)| row.split('\t').nth(1)).collect();
        if name.starts_with("places/") {
            let unknown: Vec<_> = meanings.iter().filter(|kind| !KINDS_OF_PLACES.contains(kind)).collect();
            assert!(unknown.is_empty(), "rules/{name}: {unknown:?} is none of {KINDS_OF_PLACES:?}");
            continue;
        }
        assert!(sources.contains(&format!("\"{name}\"")), "rules/{name} is read by nothing in src");
        if MEANINGS_ARE_DATA.contains(&name.as_str()) {
            continue;
        }
        for meaning in meanings {
            let asked = [format!("\"{meaning}\""), format!("⟨{meaning}⟩")];
            let is_asked = asked.iter().any(|asked| sources.contains(asked));
            assert!(is_asked, "rules/{name}: nothing in src asks for the meaning {meaning}");
        }
    }
}

/// The words of each `file.tsv:meaning`.
fn words() -> BTreeMap<String, BTreeSet<String>> {
    let mut words: BTreeMap<String, BTreeSet<String>> = BTreeMap::new();
    for (name, rows) in tables() {
        let name = name.rsplit('/').next().unwrap().to_owned();
        for (_, row) in rows {
            let mut columns = row.split('\t').map(ToOwned::to_owned);
            let (word, meaning) = (columns.next().unwrap(), columns.next().unwrap());
            words.entry(format!("{name}:{meaning}")).or_default().insert(word);
        }
    }
    words
}

#[test]
fn no_word_has_two_meanings_that_exclude_each_other() {
    let words = words();
    let of = |key: &str| words.get(key).unwrap_or_else(|| panic!("no table has {key}"));
    for (left, right) in CONTRADICTIONS {
        let both: Vec<&String> = of(left).intersection(of(right)).collect();
        assert!(both.is_empty(), "{left} and {right} exclude each other, and {both:?} stand in both");
    }
    for (part, whole) in WITHIN {
        let alone: Vec<&String> = of(part).difference(of(whole)).collect();
        assert!(alone.is_empty(), "{alone:?} stand in {part} and not in {whole}");
    }
}

#[test]
fn a_word_of_some_tables_has_one_meaning() {
    let tables = tables();
    for name in ONE_MEANING {
        let mut seen = BTreeSet::new();
        for (line, row) in &tables[*name] {
            let word = row.split('\t').next().unwrap();
            assert!(seen.insert(word), "rules/{name}:{line}: {word} has another meaning above");
        }
    }
}
