//! What stands in front of a subject: gateway tags, reply and forward prefixes, and the markers by which mail
//! systems without RFC 3834 fields betray themselves.
//!
//! Only a leading marker speaks for a machine. `回复:  自动答复:  回复: …` is a person who answers an automatic
//! reply, so a marker behind a reply or forward prefix is one more prefix. Gateway tags are put there by the
//! last relay and may stand before anything.

use std::sync::LazyLock;

use super::invisible::is_ignorable;
use super::pattern::Regex;
use super::traditional::simplified;
use crate::vocabulary::language::language_table;
use unicode_normalization::UnicodeNormalization;

/// Most tags and prefixes taken off one subject; a longer chain is left standing.
const MAX_PREFIXES: usize = 40;

/// Characters of a subject looked at for one prefix; the longest gateway tags have about sixty.
const VIEW_CHARS: usize = 160;

/// What a leading marker says that the mail is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum MarkerKind {
    /// `自动回复:`, `Automatic reply:`, …
    AutoReply,
    /// `系统退信`, `Undeliverable:`, …
    Bounce,
    /// `已读:`, `Read:`, …
    Receipt,
    /// `发信方已撤回邮件：`, `Recall:`, …
    Recall,
}

/// What a stripped prefix was.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum PrefixKind {
    /// A tag of a mail gateway: `[外部邮件]`, `***SPAM***`.
    Gateway,
    /// `Re:`, `回复：`, `答复:`.
    Reply,
    /// `Fw:`, `转发：`.
    Forward,
    /// A machine's marker; the first of the subject or one that a person's answer carries along.
    Marker(MarkerKind),
}

/// One thing taken off the front of a subject.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Prefix {
    /// What it was.
    pub kind: PrefixKind,
    /// The words as written, without blanks around them.
    pub written: String,
}

/// A subject taken apart.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Front<'a> {
    /// The marker that proves a machine: nothing but gateway tags stands before it.
    pub marker: Option<MarkerKind>,
    /// Everything taken off, in order.
    pub prefixes: Vec<Prefix>,
    /// What remains.
    pub rest: &'a str,
}

impl Front<'_> {
    /// Whether a forward prefix stood in front: the text below may be somebody else's.
    pub fn is_forward(&self) -> bool {
        self.prefixes.iter().any(|prefix| prefix.kind == PrefixKind::Forward)
    }

    /// Whether a reply prefix stood in front.
    pub fn is_reply(&self) -> bool {
        self.prefixes.iter().any(|prefix| prefix.kind == PrefixKind::Reply)
    }

    /// The leading marker as written, when there is one.
    pub fn marker_written(&self) -> Option<&str> {
        self.marker.and_then(|kind| {
            let found = self.prefixes.iter().find(|prefix| prefix.kind == PrefixKind::Marker(kind))?;
            // The pattern takes the character behind the marker too, which says nothing.
            Some(found.written.trim_end_matches([' ', '/', '(', '[', ',', '-']))
        })
    }
}

/// Takes tags, prefixes and markers off the front of a decoded subject. Linear in its length.
pub fn read_front(subject: &str) -> Front<'_> {
    let mut front = Front { marker: None, prefixes: Vec::new(), rest: subject };
    while front.prefixes.len() < MAX_PREFIXES {
        let view = View::of(front.rest);
        let Some((kind, length)) = next_prefix(&view.text) else { break };
        let Some((written, rest)) = front.rest.split_at_checked(view.source_offset(length)) else { break };
        if let PrefixKind::Marker(marker) = kind
            && front.prefixes.iter().all(|prefix| prefix.kind == PrefixKind::Gateway)
        {
            front.marker = Some(marker);
        }
        front.prefixes.push(Prefix { kind, written: written.trim_matches(is_blank).to_owned() });
        front.rest = rest;
    }
    front
}

/// The prefix at the beginning of a view and its length there, in bytes.
fn next_prefix(view: &str) -> Option<(PrefixKind, usize)> {
    if let Some(found) = GATEWAY_GROUP.captures(view)
        && let (Some(whole), Some(inner)) = (found.get(0), found.name("stars").or(found.name("inner")))
        && GATEWAY_WORDS.is_match(inner.as_str())
    {
        return Some((PrefixKind::Gateway, whole.end()));
    }
    for (kind, pattern) in PATTERNS.iter() {
        if let Some(found) = pattern.captures(view) {
            // What tells a marker by what follows it is no part of it.
            let end = found.name("behind").map_or(found.get_match().end(), |behind| behind.start());
            return Some((*kind, end));
        }
    }
    None
}

fn is_blank(c: char) -> bool {
    c.is_whitespace() || is_invisible(c)
}

/// What a reader does not see and a sender's client may leave behind.
pub fn is_invisible(c: char) -> bool {
    c.is_control() && !c.is_whitespace() || is_ignorable(c)
}

/// The first characters of a text as the patterns want them, with the way back to the source.
struct View {
    text: String,
    /// For each source character: where its image ends in `text`, and where it ends in the source.
    ends: Vec<(usize, usize)>,
}

impl View {
    fn of(source: &str) -> Self {
        let mut view = Self { text: String::new(), ends: Vec::new() };
        for (at, c) in source.char_indices().take(VIEW_CHARS) {
            if matches!(c, '\u{4e00}'..='\u{9fff}') {
                // Han have neither case nor, in this range, compatibility forms; most subjects are nothing else. The
                // words of the table are simplified.
                view.text.push(simplified(c));
            } else if !is_blank(c) {
                view.text.extend(std::iter::once(c).nfkc().flat_map(char::to_lowercase));
            } else if !is_invisible(c) && !view.text.is_empty() && !view.text.ends_with(' ') {
                view.text.push(' ');
            }
            view.ends.push((view.text.len(), at + c.len_utf8()));
        }
        view
    }

    /// Where the source stands when `length` bytes of the view are consumed.
    fn source_offset(&self, length: usize) -> usize {
        self.ends.iter().find(|(image, _)| *image >= length).map_or(0, |(_, source)| *source)
    }
}

/// A bracketed group or a run between stars at the very front.
static GATEWAY_GROUP: LazyLock<Regex> = LazyLock::new(|| {
    pattern(
        r"^(?:\*{2,} ?(?P<stars>[^*]{1,60}?) ?\*{2,}|[\[【({<〔](?P<inner>[^\[\]【】{}<>〔〕]{1,120}?)[\]】)}>〕])",
    )
});

language_table!(MARKERS, "language/subject_markers.tsv");

/// Words of gateways. 广告 or 邮件 alone may belong to the title of a draft, so Chinese tags need the pair.
static GATEWAY_WORDS: LazyLock<Regex> = LazyLock::new(|| {
    MARKERS.pattern(concat!(
        r"⟨gateway kind⟩.{0,6}⟨gateway mail⟩",
        r"|⟨gateway mail, before what it is⟩.{0,6}⟨gateway where from⟩",
        r"|^ ?⟨gateway notice subject⟩?⟨gateway notice⟩ ?(?:$|[:!,，、。])",
        r"|^ ?⟨gateway alone⟩ ?$",
        r"|\b⟨gateway latin⟩\b",
    ))
});

/// Words of the table, each with what must follow so that a person's sentence is not taken for one.
static PATTERNS: LazyLock<Vec<(PrefixKind, Regex)>> = LazyLock::new(|| {
    const COLON: &str = r" ?[::∶]";
    // `Re[2]:`, `Re(3):`, `Re^2:`, `回复2：`.
    const COUNTER: &str = r"(?: ?[\[(【^]?\d{1,3}[\])】]?)?";
    let with = |words: &str, tail: &str| pattern(&format!("^(?:{words}){tail}"));
    let bracketed = |words: &str| pattern(&format!(r"^[\[【(〔<](?:{words})[\]】)〕>] ?[::∶]?"));
    let colon_or_end = format!(r"(?: ?\([^)]{{0,20}}\))?(?:{COLON}| ?$)");
    // Behind a machine's word no colon is needed where the subject that it answers begins.
    let answers = format!(r"{colon_or_end}|[ |–—-]{{0,3}}(?P<behind>[《〈]|(?:{})[ ::∶])", words("reply"));
    let away = format!(r"[ ::∶,!|–—-]{{0,3}}(?P<behind>(?:{})[ ::∶])", words("reply"));
    let word_end = r"(?:[ :∶/(,\-\]】]|$)";
    let marker = PrefixKind::Marker;
    let (bounce, bounce_with_colon) = (words("bounce"), words("bounce with colon"));
    let auto_reply = format!(
        "(?:(?:{}) ?){{0,3}}(?:{})(?:[ -]?(?:{}))?",
        words("auto-reply occasion"),
        words("auto-reply"),
        words("auto-reply tail")
    );
    vec![
        (marker(MarkerKind::AutoReply), with(&auto_reply, &format!("(?:{answers})"))),
        (marker(MarkerKind::AutoReply), with(&words("auto-reply with colon"), COLON)),
        (marker(MarkerKind::AutoReply), with(&words("away, before an answer"), &away)),
        (marker(MarkerKind::AutoReply), bracketed(&auto_reply)),
        (marker(MarkerKind::Bounce), with(&bounce, word_end)),
        (marker(MarkerKind::Bounce), with(&bounce_with_colon, &colon_or_end)),
        (marker(MarkerKind::Bounce), bracketed(&format!("{bounce}|{bounce_with_colon}"))),
        (marker(MarkerKind::Receipt), with(&words("receipt"), word_end)),
        (marker(MarkerKind::Receipt), with(&words("receipt with colon"), COLON)),
        (marker(MarkerKind::Recall), with(&words("recall"), word_end)),
        (marker(MarkerKind::Recall), with(&words("recall with colon"), COLON)),
        (PrefixKind::Forward, with(&words("forward"), &format!(r"{COUNTER}{COLON}"))),
        (PrefixKind::Forward, bracketed(&words("forward"))),
        (PrefixKind::Reply, with(&words("reply"), &format!(r"{COUNTER}{COLON}"))),
        (PrefixKind::Reply, bracketed(&words("reply"))),
    ]
});

/// The words of one meaning as an expression: a blank may be a hyphen or nothing, Han may be spread by blanks, `…` stands for
/// a few words.
fn words(meaning: &str) -> String {
    let mut spread = String::new();
    let mut behind_han = false;
    for c in MARKERS.alternatives(meaning).chars() {
        let is_han = matches!(c, '\u{4e00}'..='\u{9fff}');
        if is_han && behind_han {
            spread.push_str(" ?");
        }
        behind_han = is_han;
        spread.push(c);
    }
    spread.replace(r"\s", "[ -]?").replace('…', "[^ ]{1,80}")
}

/// Compiles one of the constant patterns above.
fn pattern(text: &str) -> Regex {
    Regex::new(text).expect("a constant pattern that the tests compile")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn marker(subject: &str) -> Option<MarkerKind> {
        read_front(subject).marker
    }

    #[test]
    fn leading_markers_are_machines() {
        for (subject, kind) in [
            ("自动回复：《方案》意见建议", MarkerKind::AutoReply),
            ("自动回复:《方案》意见建议", MarkerKind::AutoReply),
            ("自动答复:  回复:  回复: 意见", MarkerKind::AutoReply),
            ("[外部邮件] 自动回复: 意见", MarkerKind::AutoReply),
            ("【自动回复】您的来信收到", MarkerKind::AutoReply),
            ("自動回覆: 意見", MarkerKind::AutoReply),
            ("自动应答：x", MarkerKind::AutoReply),
            ("Automatic reply: 意见建议", MarkerKind::AutoReply),
            ("自动 回复 ： 《方案》意见", MarkerKind::AutoReply),
            ("自 动 答 复: x", MarkerKind::AutoReply),
            ("自动回复 《方案》意见建议", MarkerKind::AutoReply),
            ("自动回复《方案》意见建议", MarkerKind::AutoReply),
            ("外出自动回复 - 《方案》意见建议", MarkerKind::AutoReply),
            ("自动回复 Re: 《方案》意见建议", MarkerKind::AutoReply),
            ("Out of Office: Re: 意见", MarkerKind::AutoReply),
            ("自動応答: 《方案》", MarkerKind::AutoReply),
            ("自動返信：x", MarkerKind::AutoReply),
            ("자동 회신: 《方案》", MarkerKind::AutoReply),
            ("부재중 자동응답: x", MarkerKind::AutoReply),
            ("Автоответ: 《方案》", MarkerKind::AutoReply),
            ("Автоматический ответ: x", MarkerKind::AutoReply),
            ("Abwesenheitsnotiz: 《方案》", MarkerKind::AutoReply),
            ("Automatische Antwort: x", MarkerKind::AutoReply),
            ("Réponse automatique : x", MarkerKind::AutoReply),
            ("Respuesta automática: x", MarkerKind::AutoReply),
            ("Resposta automática: x", MarkerKind::AutoReply),
            ("Risposta automatica: x", MarkerKind::AutoReply),
            ("Odpowiedź automatyczna: x", MarkerKind::AutoReply),
            ("Automatisch antwoord: x", MarkerKind::AutoReply),
            ("Autosvar: x", MarkerKind::AutoReply),
            ("Trả lời tự động: x", MarkerKind::AutoReply),
            ("Otomatik yanıt: x", MarkerKind::AutoReply),
            ("رد تلقائي: x", MarkerKind::AutoReply),
            ("Автоматична відповідь: x", MarkerKind::AutoReply),
            ("ตอบกลับอัตโนมัติ: x", MarkerKind::AutoReply),
            ("Balasan otomatis: x", MarkerKind::AutoReply),
            ("系 统 退 信", MarkerKind::Bounce),
            ("Auto: 意见建议", MarkerKind::AutoReply),
            ("AutoReply: x", MarkerKind::AutoReply),
            ("Out of Office", MarkerKind::AutoReply),
            ("Out of Office AutoReply: x", MarkerKind::AutoReply),
            ("系统退信/The email is returned", MarkerKind::Bounce),
            ("系统退信", MarkerKind::Bounce),
            ("来自qq.com的退信", MarkerKind::Bounce),
            ("[Qmail] 来自qq.com的退信", MarkerKind::Bounce),
            ("来自postmaster@aliyun.com的退信", MarkerKind::Bounce),
            ("退信通知", MarkerKind::Bounce),
            ("未送达: 自动回执〔LNZX-2024-0001〕", MarkerKind::Bounce),
            ("Undeliverable: x", MarkerKind::Bounce),
            ("Undelivered Mail Returned to Sender", MarkerKind::Bounce),
            ("Delivery Status Notification (Failure)", MarkerKind::Bounce),
            ("Mail delivery failed: returning message to sender", MarkerKind::Bounce),
            ("failure notice", MarkerKind::Bounce),
            ("已读: 意见", MarkerKind::Receipt),
            ("回执: 意见", MarkerKind::Receipt),
            ("Read: 意见", MarkerKind::Receipt),
            ("Return Receipt (displayed) - x", MarkerKind::Receipt),
            ("发信方已撤回邮件：意见", MarkerKind::Recall),
            ("撤回: 意见", MarkerKind::Recall),
            ("Recall: x", MarkerKind::Recall),
        ] {
            assert_eq!(marker(subject), Some(kind), "{subject}");
        }
    }

    #[test]
    fn persons_are_not_machines() {
        for subject in [
            "回复:  自动答复:  回复: 意见建议",
            "转发: 自动回复: 意见建议",
            "自动回复功能的建议",
            "自动回复 功能也要改进",
            "自动回复太慢，《方案》应当写明期限",
            "关于自动回复功能的建议",
            "关于《自动回复管理办法》的意见",
            "自动应答系统的几点建议",
            "Automatic replies should be shorter",
            "Abwesenheit und Vertretung",
            "자동 회신 기능에 대한 의견",
            "关于自动回复：几点意见",
            "回执",
            "【回执】关于方案的意见",
            "会议回执及意见",
            "未送达的意见建议",
            "撤回我的意见",
            "撤回",
            "退信怎么办",
            "Reading the draft: comments",
            "Autonomous cars: a comment",
            "已读方案，提几点建议",
            "系统退信问题的建议",
            "",
            "   ",
        ] {
            assert_eq!(marker(subject), None, "{subject}");
        }
    }

    #[test]
    fn prefixes_are_taken_off_as_written() {
        let stripped = |subject: &str| -> Vec<String> {
            read_front(subject).prefixes.into_iter().map(|prefix| prefix.written).collect()
        };
        assert_eq!(stripped("回复：答复: RE: Re[2]: Fwd：甲"), ["回复：", "答复:", "RE:", "Re[2]:", "Fwd："]);
        assert_eq!(stripped("[外部邮件]***SPAM***  Re: 甲"), ["[外部邮件]", "***SPAM***", "Re:"]);
        assert_eq!(stripped("[警告：无法扫描邮件附件 a.zip]甲"), ["[警告：无法扫描邮件附件 a.zip]"]);
        assert_eq!(stripped("回 复： 自动回复 《甲》"), ["回 复：", "自动回复"]);
        assert_eq!(read_front("回复：自动回复 《甲》意见").rest, "《甲》意见");
        assert_eq!(stripped("\u{feff}回复\u{200b}： 甲"), ["回复\u{200b}："]);
        assert_eq!(stripped("【江右省户外广告管理办法】意见"), Vec::<String>::new());
        assert_eq!(stripped("[江右省邮件快件管理办法]意见"), Vec::<String>::new());
        assert_eq!(read_front("  Re : 甲 乙").rest.trim(), "甲 乙");
        assert!(read_front("回复: 转发：甲").is_forward());
        assert!(!read_front("转发甲").is_forward());
    }

    #[test]
    fn an_endless_chain_ends() {
        let front_of = "Re: ".repeat(5_000);
        assert_eq!(read_front(&front_of).prefixes.len(), MAX_PREFIXES);
    }
}
