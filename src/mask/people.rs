//! By what people are found without a label's mark: messengers in whatever spelling, where somebody lives, who stands in
//! brackets or behind a relation.

use std::ops::Range;

use super::values::name;
use super::words::MASKING;
use crate::details::person::name::is_certain;
use crate::details::text::fold::is_han;
use crate::vocabulary::language::word_list;
use crate::vocabulary::pattern;

pattern!(
    /// A messenger and what follows it. What stands between says how certain it is that an identifier follows.
    MESSENGER, MASKING,
    r"(?ix) (?: (?P<app> ⟨messenger⟩ ) | (?: ^ | [^a-z0-9] ) ⟨messenger, latin⟩ )
          \s? (?P<kind> ⟨kind of identifier⟩ )? \s? (?: \( [^)]{0,8} \) )? \s? (?: (?P<mark> [:=] ) | (?P<verb> ⟨is or add⟩ ) )?
          \s{0,2} (?: @ \s? (?P<handle> [\p{Han}a-z0-9_.-]{2,30} ) | (?P<id> [a-z0-9][a-z0-9_.-]{4,29} ) )"
);

pattern!(
    /// Short names of messengers, which say so only with a mark: `V：zhang_wei8`.
    MARKED, MASKING,
    r"(?i)(?:^|[^a-z0-9])⟨messenger, with a mark⟩\s?:\s{0,2}(?P<id>[a-z0-9][a-z0-9_.-]{4,29})"
);

word_list!(
    /// Latin words that stand behind a messenger's name and are no identifier.
    NO_IDENTIFIERS, MASKING, "no identifier"
);

pattern!(
    /// Where somebody lives: a street and a number.
    LIVES, MASKING,
    r"(?x) ⟨lives⟩ [在于]? [:是为]? \s? (?P<place> [\p{Han}0-9a-zA-Z·\s-]{0,40}? (?: ⟨street⟩ ) [\p{Han}\s]{0,10}? (?: [0-9]{1,5} | [一二三四五六七八九十百零〇]{1,5} ) \s? (?:-[0-9]{1,5})* \s? (?: 号 | 弄 | 栋 | 幢 | 座 | 单元 | 组 | 队 | 室 )
          (?: [0-9a-zA-Z一二三四五六七八九十-]{1,6} (?: 号楼 | 号 | 弄 | 栋 | 幢 | 座 | 单元 | 楼 | 层 | 门 | 室 | 户 ) | 楼 ){0,5} )"
);

pattern!(
    /// Somebody's name in brackets, with a number behind it or not.
    BRACKETED,
    r"\((?P<name>\p{Han}{2,4})[0-9]{0,2}号?\)"
);

pattern!(
    /// Somebody's relation, and who it is.
    RELATION, MASKING,
    r"(?:我|本人|俺|咱|我们|咱们)(?:家)?的?⟨relation⟩(?:叫|是|名叫)?(?P<who>\p{Han}{2,5})"
);

pattern!(
    /// Who the writer says that he is: `我叫王小明`.
    INTRODUCES, MASKING,
    r"(?:我|本人|俺|咱|⟨writer⟩)(?:的?(?:名字|姓名|名))?⟨is called⟩:?(?P<who>\p{Han}{2,5})"
);

pattern!(
    /// What he is and who: `我是退休教师龙国庆，`.
    PRESENTS, MASKING,
    r"(?:我|本人|俺|咱|⟨writer⟩)是(?P<who>\p{Han}{4,12})(?:[,。;!、\s(]|$)"
);

pattern!(
    /// Whose opinion it is, and whom to ask for: `以下是龙国庆的意见`, `以上,龙国庆。`, `有事打我手机…,找龙国庆就行`.
    POINTS_TO, MASKING,
    r"(?:(?:以下|下面|上面|以上|这)是|以上[,:。]\s?|代表:\s?|(?:电话|手机)[^。]{0,30}找)(?P<who>\p{Han}{2,5})"
);

pattern!(
    /// What the writer's name should be: `姓名有误,应该是龙国庆`, `名字写错了,正确的是龙国庆`.
    CORRECTS, MASKING,
    r"(?:姓名|名字)[^。;]{0,12}?(?:应该?[是为]|改[成为]|更正为|正确的?[是为]|[是为])[“‘:]?(?P<who>\p{Han}{2,5})"
);

pattern!(
    /// The same in English.
    INTRODUCES_LATIN,
    r"(?i)\b(?:my name is|name's|i am called)\s+(?P<who>[a-z]+(?:[ -][a-z]+){0,2})"
);

word_list!(
    /// Cities that are called as people are.
    PLACES, MASKING, "named like people"
);

word_list!(
    /// What may follow a name in a sentence.
    BEHIND_A_NAME, MASKING, "behind a name"
);

/// All of them in the image of a line, with their masks.
pub(super) fn find(folded: &str, found: &mut Vec<(Range<usize>, String)>) {
    let hidden = |range: Range<usize>| (range, "***".to_owned());
    for captures in MESSENGER.captures_iter(folded) {
        let announced = captures.name("kind").or(captures.name("mark")).is_some()
            || captures.name("app").is_some_and(|app| app.as_str().ends_with('号'));
        let said = announced || captures.name("verb").is_some();
        let id = captures.name("id").filter(|id| is_identifier(id.as_str(), said, announced));
        found.extend(captures.name("handle").or(id).map(|id| hidden(id.range())));
    }
    found.extend(MARKED.captures_iter(folded).filter_map(|captures| {
        let id = captures.name("id").filter(|id| is_identifier(id.as_str(), false, false))?;
        Some(hidden(id.range()))
    }));
    found.extend(
        LIVES.captures_iter(folded).filter_map(|captures| Some(hidden(captures.name("place")?.range()))),
    );
    found.extend(BRACKETED.captures_iter(folded).filter_map(|captures| {
        let who =
            captures.name("name").filter(|who| is_certain(who.as_str()) && !PLACES.contains(who.as_str()))?;
        Some((who.range(), name(who.as_str())))
    }));
    found.extend(INTRODUCES_LATIN.captures_iter(folded).filter_map(|captures| {
        let who = captures.name("who")?;
        Some((who.range(), name(who.as_str())))
    }));
    found.extend(PRESENTS.captures_iter(folded).filter_map(|captures| {
        let who = captures.name("who")?;
        let starts = who.as_str().char_indices().map(|(at, _)| at).rev();
        let tail =
            |length: usize| starts.clone().nth(length - 1).and_then(|at| Some((at, who.as_str().get(at..)?)));
        let (at, written) = [3, 2].into_iter().filter_map(tail).find(|(_, written)| is_name(written))?;
        Some((who.start() + at..who.end(), name(written)))
    }));
    let pointed = POINTS_TO.captures_iter(folded).chain(CORRECTS.captures_iter(folded));
    for captures in RELATION.captures_iter(folded).chain(INTRODUCES.captures_iter(folded)).chain(pointed) {
        let Some(who) = captures.name("who") else { continue };
        let rest = folded.get(who.start()..).unwrap_or_default();
        if let Some(length) = name_at_start(rest) {
            let written = rest.get(..length).unwrap_or_default();
            found.push((who.start()..who.start() + length, name(written)));
        }
    }
}

/// Whether what stands behind a messenger is an identifier: digits or an underscore in it show it, and where it is announced
/// (微信号…) letters alone will do.
fn is_identifier(id: &str, said: bool, announced: bool) -> bool {
    let digits = id.bytes().filter(u8::is_ascii_digit).count();
    if digits == id.len() {
        // 微信12345 is a hotline.
        return digits >= if said { 5 } else { 6 };
    }
    let is_mixed = digits > 0 || id.contains(['_', '-']);
    (is_mixed || announced && id.len() >= 6) && !NO_IDENTIFIERS.contains(id.to_ascii_lowercase().as_str())
}

/// Whether these characters are somebody's name and no place's.
pub(super) fn is_name(text: &str) -> bool {
    is_certain(text) && !PLACES.contains(text)
}

/// The length of the name that a text begins with, if what follows it lets it end there.
fn name_at_start(text: &str) -> Option<usize> {
    let ends: Vec<usize> = text.char_indices().map(|(at, _)| at).chain([text.len()]).take(5).collect();
    [3, 2, 4].into_iter().find_map(|characters: usize| {
        let end = *ends.get(characters)?;
        let (who, behind) = text.split_at_checked(end)?;
        let may_end = !behind.starts_with(is_han) || BEHIND_A_NAME.at_start(behind).is_some();
        (may_end && is_name(who)).then_some(end)
    })
}
