//! What somebody says he is: `我是…`, `作为一名…`.

use crate::details::lexicon::occupations::Occupations;
use crate::details::person::name::{Proof, Reading, read_han};
use crate::details::text::fold::fold_case;
use crate::details::text::numeral::is_to_ten;
use crate::vocabulary::language::{language_table, word_list};
use crate::vocabulary::pattern;
use crate::vocabulary::traditional::simplified;

language_table!(pub(crate) SELF_DESCRIPTIONS, "language/self_descriptions.tsv");
word_list!(
    /// What 我是 begins without saying who one is: 我是想问…, 我是去年办的….
    NOT_ONESELF, SELF_DESCRIPTIONS, "says something else"
);
word_list!(
    /// What goes on about the same person behind an occupation: 教师兼作家.
    GOES_ON, SELF_DESCRIPTIONS, "goes on"
);

pattern!(
    /// `我是…`, `本人…，是…`, `作为一名…`: what somebody says he is.
    SELF,
    r"(?x) (?:^|[\s,。!?;:、(“>-])
          (?: (?:我们?家|我|本人|俺|笔者) (?:\s? [,(]? \s? (?:男|女|今年|现年|\d{1,2}岁|现|目前|就|也|一直|其实|叫?[\p{Han}·]{2,4}[,)]) \s? ,?){0,3}
                (?:是|系|为) (?:\s?来自)?
            | (?:作为|身为) (?:一名|一个|一位|一家|名)?
            | (?:我|本人) ,? (?:一名|一个|一位) )
          (?P<what> [^,。!?;:\n]{2,60} )"
);

pattern!(
    /// What goes on about oneself: `，也是退休干部`.
    ALSO,
    r"^,\s?(?:也是|同时是|同时也是|又是|还是|现在是|现为|现是)(?P<what>[^,。!?;:\n]{2,40})"
);

pattern!(
    /// `我叫古丽娜尔·艾力，是一名护士`: what stands behind a long name.
    NAMED,
    r"(?:(?:我叫|本人)[^,。!?;]{0,12}·[^,。!?;]{1,30},(?:是|系)|(?:我|本人)[^,。!?;们]{2,40},(?:是|系)一[名位个])(?P<what>[^,。!?;:\n]{2,40})"
);

/// What the writer says of himself in a folded line: places of the phrases.
pub(crate) fn self_descriptions(text: &str) -> Vec<std::ops::Range<usize>> {
    let mut places = Vec::new();
    if (text.contains('·') || text.contains(",是一") || text.contains(",系一"))
        && let Some(what) = NAMED.captures(text).and_then(|found| found.name("what"))
    {
        places.push(what.range());
    }
    for what in SELF.captures_iter(text).filter_map(|found| found.name("what")).take(20) {
        if NOT_ONESELF.at_start(what.as_str()).is_none() {
            places.push(what.range());
        }
        // 我是老党员，也是退休干部
        let behind = text.get(what.end()..).unwrap_or_default();
        if let Some(also) = ALSO.captures(behind).and_then(|found| found.name("what")) {
            places.push(what.end() + also.start()..what.end() + also.end());
        }
    }
    places
}

/// Maps what somebody says of himself; the occupation must end the phrase, or what goes on must be about himself:
/// 我是听保安说的 names somebody else's.
pub(crate) fn map_described(written: &str, occupations: &Occupations) -> Option<String> {
    let mapped = occupations.map(written)?;
    let phrase: String = fold_case(written).chars().map(simplified).collect();
    let phrase = phrase.trim().trim_end_matches(['的', '了', '~', ' ', '.', ')', '(']);
    let own = occupations.words().any(|word| phrase.ends_with(word))
        || occupations.words().any(|word| {
            phrase.match_indices(word).any(|(at, _)| phrase.get(at + word.len()..).is_some_and(goes_on))
        });
    own.then_some(mapped)
}

/// Whether what stands behind an occupation goes on about the same person: 护士长, 教师兼作家, 教师王芳.
fn goes_on(behind: &str) -> bool {
    let separated = |c: char| !c.is_alphanumeric() || c.is_ascii_digit() || is_to_ten(c);
    behind.starts_with(separated)
        || GOES_ON.at_start(behind).is_some()
        || matches!(read_han(behind, Proof::Form), Reading::Name(_))
}
