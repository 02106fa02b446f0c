//! Which rules a piece of text can concern at all.
//!
//! Each rule's expression needs one of a few words. They are all looked for in one pass, so that the
//! expressions, which cost far more, run only where one of their words stands. A topic that is missing
//! proves that the rule finds nothing; one that is there proves nothing.

use std::sync::LazyLock;

use aho_corasick::{AhoCorasick, AhoCorasickKind};

use crate::vocabulary::language::language_table;

/// A rule, or several that need the same words.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Topic {
    Joint,
    Anonymous,
    NoPublish,
    /// Something is to be done with a letter or with data.
    Request,
    /// A letter is said to be in time.
    Lateness,
    /// Something is asked.
    Question,
    Disclosure,
    Cloud,
    Health,
    /// The writer and his family.
    Own,
    Account,
    Religion,
    /// An age or a school.
    Age,
    Address,
    /// `我叫张三`
    Introduction,
    /// `我是…`, `作为一名…`
    Description,
}

language_table!(TOPICS, "language/topics.tsv");
language_table!(
    /// What requests are made of.
    pub(crate) REQUESTS, "language/requests.tsv");
language_table!(
    /// What disputes of lateness are made of.
    pub(crate) LATENESS, "language/lateness.tsv");
language_table!(
    /// What questions to the office are made of.
    pub(crate) QUESTIONS, "language/questions.tsv");

/// The meanings of the words of which a request needs one.
const ACTS: [&str; 14] = [
    "take back",
    "takes it all back",
    "sent wrong",
    "delete",
    "see",
    "give",
    "becomes",
    "correct",
    "wrong",
    "instead",
    "again",
    "corrected copy",
    "revised copy",
    "publish",
];

/// The meanings of the words of which a dispute of lateness needs one.
const DISPUTES: [&str; 5] = ["in time", "late", "delayed", "verify", "day"];

/// The topics, by the meaning of their words.
const MEANINGS: [(Topic, &str); 14] = [
    (Topic::Joint, "joint"),
    (Topic::Anonymous, "anonymous"),
    (Topic::NoPublish, "no publish"),
    (Topic::Question, "question"),
    (Topic::Disclosure, "disclosure"),
    (Topic::Cloud, "cloud"),
    (Topic::Health, "health"),
    (Topic::Own, "own"),
    (Topic::Account, "account"),
    (Topic::Religion, "religion"),
    (Topic::Age, "age"),
    (Topic::Address, "address"),
    (Topic::Introduction, "introduction"),
    (Topic::Description, "description"),
];

/// The topics of a piece of text.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(crate) struct Topics(u32);

impl Topics {
    /// The topics of folded text.
    pub(crate) fn of(text: &str) -> Self {
        let bits = SEARCHER
            .words
            .find_overlapping_iter(text)
            .filter_map(|word| SEARCHER.bits.get(word.pattern().as_usize()))
            .fold(0, |all, bit| all | bit);
        Self(bits)
    }

    /// Whether one of the topic's words stands there.
    pub(crate) const fn has(self, topic: Topic) -> bool {
        self.0 & bit(topic) != 0
    }
}

const fn bit(topic: Topic) -> u32 {
    1 << topic as u32
}

struct Searcher {
    words: AhoCorasick,
    /// The bit of each word.
    bits: Vec<u32>,
}

static SEARCHER: LazyLock<Searcher> = LazyLock::new(|| {
    let acts = || ACTS.iter().flat_map(|act| REQUESTS.words(act).map(|word| (Topic::Request, word)));
    let disputes =
        || DISPUTES.iter().flat_map(|found| LATENESS.words(found).map(|word| (Topic::Lateness, word)));
    let words = || {
        let own = MEANINGS.iter();
        own.flat_map(|(topic, meaning)| TOPICS.words(meaning).map(|word| (*topic, word)))
            .chain(acts())
            .chain(disputes())
    };
    Searcher {
        words: AhoCorasick::builder()
            .ascii_case_insensitive(true)
            .kind(Some(AhoCorasickKind::DFA))
            .build(words().map(|(_, word)| word))
            .expect("a few hundred constant words"),
        bits: words().map(|(topic, _)| bit(topic)).collect(),
    }
});

/// Asserts over the bodies of the test cases, clause by clause, that whatever an expression matches has
/// its topic.
#[cfg(test)]
pub(crate) fn assert_complete(topic: Topic, expression: &crate::vocabulary::Regex) {
    let cases: serde_json::Value =
        serde_json::from_str(include_str!("../../../tests/cases/bodies.json")).unwrap();
    let bodies = cases.as_array().unwrap().iter().map(|case| case["body"].as_str().unwrap());
    let folded: String = bodies.map(|body| crate::details::text::fold::fold(body) + "\n").collect();
    let matched: Vec<&str> =
        folded.split(['\n', '。', ';', '!', '?', ',']).filter(|piece| expression.is_match(piece)).collect();
    assert!(!matched.is_empty(), "no case has anything for {topic:?}");
    for piece in matched {
        assert!(Topics::of(piece).has(topic), "{topic:?} lacks a word of {piece:?}");
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_may_overlap() {
        let topics = Topics::of("我们三户要求政府信息公开");
        for topic in [Topic::Joint, Topic::Own, Topic::Disclosure, Topic::NoPublish] {
            assert!(topics.has(topic), "{topic:?}");
        }
        assert!(!topics.has(Topic::Health));
        assert!(Topics::of("MAIL.QQ.COM/").has(Topic::Cloud));
        assert_eq!(Topics::of(""), Topics::default());
    }
}
