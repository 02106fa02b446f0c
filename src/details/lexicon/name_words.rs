//! The words that tell what is a name and what is not.

use std::collections::HashSet;
use std::sync::LazyLock;

use crate::vocabulary::language::{language_table, word_list};

language_table!(NAMES, "language/names.tsv");
language_table!(
    /// Words and places of two or three characters that begin with the character of a surname.
    WORDS, "language/words_like_names.tsv");
word_list!(
    /// What ends a word for people: 花农, 施工员.
    pub(crate) PEOPLE, NAMES, "person ending"
);
word_list!(
    /// Given names in Latin letters.
    pub(crate) LATIN_GIVEN, NAMES, "latin given name"
);
word_list!(
    /// Surnames in Latin letters, as they are spelled on the mainland, in Hong Kong, Taiwan and Korea.
    pub(crate) LATIN_SURNAMES, NAMES, "latin surname"
);
word_list!(
    /// Words that follow a surname or a name in address.
    pub(crate) TITLES, NAMES, "title"
);
word_list!(
    /// Words that begin what people write into a name field instead of a name: 居民代表, 个人名义.
    pub(crate) PLACEHOLDERS, NAMES, "placeholder"
);
word_list!(
    /// Words that stand in a name field or at a letter's end and name nobody.
    pub(crate) NO_NAMES, NAMES, "no name"
);
word_list!(
    /// Words that are none where nothing but their form speaks for a name; behind a label 安静 is one.
    pub(crate) NO_SIGNATURES, NAMES, "no signature"
);
word_list!(
    /// Words among these that are names all the same, as a form shows.
    pub(crate) NAMES_TOO, NAMES, "name too"
);
word_list!(
    /// What stands in a marked name field and is none, beside the placeholders; no name begins with it.
    pub(crate) NOT_FILLED, NAMES, "not filled in"
);
word_list!(
    /// Parts of Mongolian and Tibetan names that are written without a surname.
    pub(crate) GIVEN, NAMES, "given name"
);
word_list!(
    /// What ends the names of offices, firms and places.
    pub(crate) OFFICES_AND_PLACES, NAMES, "office or place ending"
);
word_list!(
    /// What ends a complaint, as in 路难走.
    pub(crate) COMPLAINTS, NAMES, "complaint"
);
word_list!(
    /// What ends a complaint behind a thing, as in 车位少.
    pub(crate) COMPLAINTS_OF_THINGS, NAMES, "complaint of a thing"
);
word_list!(
    /// What is written for a name in Latin letters.
    pub(crate) LATIN_PLACEHOLDERS, NAMES, "latin placeholder"
);
word_list!(
    /// Words of a form that stand where an occupation should.
    pub(crate) NO_OCCUPATIONS, NAMES, "no occupation"
);
word_list!(
    /// What people are besides somebody: `I am Chinese`.
    pub(crate) NATIONS, NAMES, "nation"
);

/// Characters that no given name has, not even behind a label.
pub(crate) static NOT_IN_GIVEN: LazyLock<HashSet<char>> =
    LazyLock::new(|| NAMES.characters("never in a given name"));

/// Characters that hardly occur in names but often in short sentences.
pub(crate) static NOT_IN_NAMES: LazyLock<HashSet<char>> =
    LazyLock::new(|| NAMES.characters("hardly in a name"));

/// The characters of given names that stand without a surname.
pub(crate) static IN_GIVEN: LazyLock<HashSet<char>> = LazyLock::new(|| NAMES.characters("given name"));

/// The characters with which names of the Uyghurs, Kazakhs and others are written.
pub(crate) static TRANSLITERATIONS: LazyLock<HashSet<char>> =
    LazyLock::new(|| NAMES.characters("transliteration"));

/// The characters that names with a middle dot hold besides.
pub(crate) static TRANSLITERATIONS_IN_DOTTED: LazyLock<HashSet<char>> =
    LazyLock::new(|| NAMES.characters("transliteration, dotted"));

static WORDS_LIKE_NAMES: LazyLock<HashSet<&str>> = LazyLock::new(|| WORDS.set("word"));
static PLACES_LIKE_NAMES: LazyLock<HashSet<&str>> = LazyLock::new(|| WORDS.set("place"));

/// Whether the word looks like a name and is a place.
pub(crate) fn is_place(word: &str) -> bool {
    PLACES_LIKE_NAMES.contains(word)
}

/// Whether the word looks like a name and is another word, or a place.
pub(crate) fn is_word(word: &str) -> bool {
    WORDS_LIKE_NAMES.contains(word) || is_place(word)
}

/// What ends the names of villages: 范家屯.
pub(crate) static VILLAGES: LazyLock<HashSet<char>> = LazyLock::new(|| NAMES.characters("village ending"));
