//! Lines that say what their writer is, and where he lives, and nothing of the matter: what he wants stands below them.

use crate::details::person::described::SELF_DESCRIPTIONS;
use crate::details::person::oneself;
use crate::vocabulary::language::word_list;
use crate::vocabulary::pattern;

pattern!(
    /// `我是长海县开民宿的`, `我们三家都是做泳装的小厂`: what somebody is, of whom no list of occupations knows.
    ONE_IS, SELF_DESCRIPTIONS,
    r"^(?:我们|我|本人|俺们|俺|咱们|咱)(?:也|就|都|[一二两三四五六七八九十几]{1,2}[家个户人]|们家|一家)*(?:是|系)(?P<what>[^,。:;!?]{2,28}?)(?:的|户|人家|人|员|师|工|生|民|者|长|商|主|妈|爸|兵|匠|医|厂|店)$"
);

pattern!(
    /// What goes on about him: `今年六十了`, `做外贸的`, `种了二十年地`, `家里两个孩子`, `坐轮椅`, `凑在一起写这封信`.
    ONE_IS_TOO, SELF_DESCRIPTIONS,
    r"(?x)^(?:我|本人|俺|也|都|现|现在|目前|已经|一直|平时|常年|今年|现年|年过|家里|家中){0,3} (?:
        [0-9一二三四五六七八九十]{1,3} (?: 多? 岁 | 多 )? [了的]?
      | 家? (?: 住 | 住在 | 家在 ) \p{Han}{2,14}
      | 在 \p{Han}{1,12}? (?: ⟨works⟩ | ⟨studies⟩ )
      | ⟨lives by⟩ | ⟨without work⟩ | ⟨how one is⟩
      | ⟨does⟩ (?: \p{Han}{1,6} 的 | 了? [0-9一二两三四五六七八九十几]{1,3} 多? (?: 年 | 辈子 ) 多? 的? \p{Han}{0,4} 了? | \p{Han}{0,4} [0-9一二两三四五六七八九十几]{1,3} 多? 年 了 )
      | 有? [0-9一二两三四五六七八九十几]{1,3} (?: 个 | 口 | 位 | 亩 | 垧 | 头 ) \p{Han}{1,5}
      | 凑在?一起 写 了? (?: 这 | 了 )? 封? 信 | (?: 一起 | 共同 )? 联名 [提写] \p{Han}{0,6}
      | 退休 (?: 多年 | 在家 | [0-9一二三四五六七八九十]{1,3} 年 )? 了? )$"
);

pattern!(
    /// `米小圈，一名在外打工的农民工`: a name, and what its bearer is.
    NAME_AND_WHAT,
    r"^\p{Han}{2,4}[, ]\s?(?:是|系)?(?:一名|一位|一个|[^,。:;]{1,6}一[名位个家])[^,。:;!?]{1,24}(?:人|员|师|工|生|民|者|长|商|主|妈|爸|兵|匠|医|户|手|倌)$"
);

/// Whether a sentence names somebody and says what he is, and nothing else.
pub(super) fn names_and_says_what(plain: &str) -> bool {
    const BYTES: usize = 120;
    plain.len() <= BYTES && NAME_AND_WHAT.is_match(plain)
}

word_list!(SAYS_ELSE, SELF_DESCRIPTIONS, "says something else");

/// Whether a line only says what its writer is, and where he lives. What he wants stands below it.
pub(super) fn says_what_one_is(plain: &str) -> bool {
    const BYTES: usize = 150;
    let mut clauses = plain.split(',').map(str::trim);
    let first = clauses.next().unwrap_or_default();
    let what = ONE_IS.captures(first).and_then(|found| found.name("what"));
    plain.len() <= BYTES
        && (oneself::introduces(first).is_some()
            || what.is_some_and(|what| {
                SAYS_ELSE.at_start(what.as_str()).is_none() && !what.as_str().starts_with(['同', '来', '为'])
            }))
        && clauses.all(|clause| oneself::goes_on(clause).is_some() || ONE_IS_TOO.is_match(clause))
}
