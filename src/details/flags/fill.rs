//! What the text justifies saying about a submission as a whole: flags, never decisions.
//!
//! Each rule looks at one sentence at a time, so that nothing runs over unbounded text, and a sentence
//! that proposes something (`建议允许匿名评价`) is not a statement about the writer.

use crate::details::contact::identifiers::{self, Identifier};
use crate::details::flags::{disclosure, no_objection, pointer, sensitive};
use crate::details::form::label::{Field, Label};
use crate::details::found::{Details, DetailsInput, Evidence};
use crate::details::person::part::Part;
use crate::details::person::{answering, joint};
use crate::details::text::cloud;
use crate::details::text::line::Line;
use crate::details::text::sentences::{FLAGS, SENTENCE_BYTES, Said, Sentence, sentences};
use crate::details::text::topics::{Topic, Topics};
use crate::vocabulary::language::word_list;
use crate::vocabulary::{Flag, pattern};

word_list!(INSTEAD_OF_A_NAME, FLAGS, "instead of a name");
word_list!(
    /// What says that its writer does not say who he is: 不愿透露姓名.
    RETICENT, FLAGS, "does not say");
word_list!(
    /// What says of a name that nobody is to know it. Who gives none withholds it: 身份请保密.
    SECRET, FLAGS, "keeps secret");
word_list!(
    /// What says that a name is withheld, and not only kept from the public.
    WITHHOLDS, FLAGS, "withholds a name"
);

pattern!(
    ANONYMOUS,
    FLAGS,
    r"(?x) ⟨wants⟩ (?:能够?|可以|予以|保持|用|是|为|要)? 匿名 (?:[^评投举渠功通打意]|$)
      | 匿名⟨anonymous act⟩(?:[^功渠方的]|$) | 采用匿名 | 匿名⟨citizen⟩\s*$ | 不(?:愿意?|想|便|方便)?(?:署名|留名|具名)
      | 隐去(?:我的?|本人的?)?⟨identity⟩ | ⟨identity⟩(?:请|务必|需要?|要求)?(?:予以|给予|严格)?保密 | 对(?:我|本人)的?⟨identity⟩[^,。]{0,4}保密
      | ^\s*匿名\s*(?:$|:) | ⟨identity⟩(?:[、和与及]?(?:联系)?(?:电话|手机号?码?|方式|住址|地址|单位|职业)){0,3}(?:我|就|都|也|均|实在|暂时?){0,2}不(?:便|方便|愿意?|想)(?:透露|公开|告知|说明|提供|留|写|说)(?:[^的]|$)
      | ^\s*匿名(?:意见|建议|反映|举报|投诉|留言|反馈|发言|来信)(?:一下|一个问题|情况|问题)?\s*(?:$|:) | [(\[【]匿名[)\]】]\s*$ | 匿名者?\s*$
      | 不(?:愿|想|便|方便|希望)意?(?:透露|公开|公布|留下?|写|署)(?:我的?|本人|真实|个人|自己的?)?(?:⟨identity⟩|真名)
      | (?:请勿|不要|请不要|别)(?:公开|透露|公布|公示|刊登|泄露)(?:我的?|本人|个人|真实)?的?⟨identity⟩
      | (?:⟨identity⟩|真名|署名|落款)我?(?:就|也|这里|暂|还是|先|都){0,2}不(?:留|写|署|说|报|填|提供|告诉|具)(?:了|吧|啦){0,2}\s*(?:$|,)
      | (?:⟨identity⟩|真名|署名|落款|签名)我?(?:就|也|一概|一律)?(?:免|省|略去|从略)(?:了|吧){0,2}\s*(?:$|,)
      | (?:恕|请恕|容)我?不(?:署名|具名|留名|署真名|留姓名|留名姓)
      | (?:别|不要|勿|不想|不希望)(?:再|在[^,。]{0,8})?(?:写上?|出现|登|列上?|列出|印|放|留|提|署|标)(?:出|上|到)?(?:我|本人)的?(?:⟨identity⟩|名)
      | (?:别|不要|勿)(?:把|将)(?:我|本人)的?(?:⟨identity⟩|名)[^,。]{0,6}(?:写|登|列|印|放|标|报|说)(?:[^错反重]|$)
      | (?:我|本人)的?(?:⟨identity⟩|名)[^,。]{0,3}(?:别|不要|不用|就不|勿)(?:要|用|再)?(?:写|登|列|印|放|出现|标|公开|公布|公示|透露|刊登|发布)(?:[^错反重]|$)
      | (?:不想|不希望|不愿意?|别|不要)(?:让|被|给|叫)?(?:别人|人家|旁人|他人|外人|人|单位|领导|邻居|大家)?(?:知道|晓得|看出|认出)(?:来)?(?:这?是)?(?:我|本人)(?:是谁|的⟨identity⟩|写的|提的|说的|反映的)?\s*(?:$|[,。!?])"
);
pattern!(
    /// Anonymity for others.
    ANONYMITY_OF_OTHERS,
    FLAGS,
    r"(?x) (?:不|无需|无须|毋须)(?:用|需要?|必|要求|要|想|再|是|打算|会)?匿名 | (?:允许|支持|鼓励|实行|推行|开通|增加|设置)匿名 | (?:改成|改为|变成|变为|做成|设成|设为|实现|做到)[^,。]{0,8}匿名
      | (?:建议|希望|应|可以|能够) [^,。]{0,16} (?:⟨applicant⟩|⟨assessment⟩)"
);
pattern!(
    /// A form's choice: `是否同意公开：不同意`.
    CHOSEN, r"(?:是否(?:同意|愿意)?(?:对外|向社会)?公开|同意公开)[^:]{0,12}:\s?(?:否|不)");
pattern!(
    NO_PUBLISH,
    FLAGS,
    r"(?xi) ⟨keeps private abroad⟩ | ⟨must not⟩ (?:将|把|对外|对|向外|予以|被)? [^,。]{0,16}? ⟨publish⟩ (?:[^招竞选透征课期栏牌]|$)
      | (?:请|务必|望|希望|要求)(?:贵局|你们|为我|替我|对我|帮我|予以|给予|对本人|注意|对)?[^,。]{0,12}?保密 | 保密处理
      | ^\s*(?:⟨secret part⟩|我的[^,。]{0,8}|本人[^,。]{0,8})?(?:均|都|请|要求|申请|选择)?不(?:对外)?公开\s*$
      | 不要?(?:将|把)⟨own letter⟩[^,。]{0,12}⟨pass on⟩
      | (?:不要|请勿|勿)[^,。]{0,10}(?:号码|电话|信息|姓名|联系方式)[^,。]{0,4}给(?:别人|他人|第三方|其他人)
      | 不(?:太|大)?(?:方便|便)(?:对外)?(?:公开|公布|公示|刊登)(?:我的?|本人|个人|真实|自己的?)?的?⟨identity⟩
      | ⟨identity⟩(?:实在|暂时?)?不(?:方便|便)(?:对外)?(?:公开|公布|公示|刊登)
      | (?:公开|公布|公示|发布|刊登)[^,。]{0,6}(?:请|务必|要)?(?:隐去|略去|隐藏|删去)(?:我|本人)
      | (?:请勿|勿|不要|不得)外传 | 保护好?(?:我|本人)的?(?:个人)?(?:隐私|信息)"
);
pattern!(
    /// What a request not to publish is about, when the sentence also speaks of a general matter.
    ONES_OWN,
    FLAGS,
    r"⟨own letter⟩|^\s*(?:请勿|请不要|请别|勿|不要|请予|请|务必|切勿)"
);
pattern!(
    /// Where the writer stands, whatever is spoken of: `不同意公开个人信息`.
    STANCE,
    FLAGS,
    r"(?:^|[,:;(]|我|本人)\s?(?:明确|坚决|一律)?(?:表示)?(?:不同意|不愿意?|拒绝)(?:对外|向社会|网上|在网上|将|把)?[^,。]{0,10}?⟨publish⟩(?:[^招竞选透征处听课办]|$)"
);
pattern!(
    /// A clause that asks to keep who its writer is from the public, and speaks of nothing else: 我的姓名和电话请保密.
    OF_DETAILS,
    FLAGS,
    r"^(?:⟨around a particular⟩|⟨must not⟩|⟨publish⟩|[、()\s])*⟨particular⟩(?:⟨particular⟩|⟨around a particular⟩|⟨must not⟩|⟨publish⟩|[、()\s])*$"
);
pattern!(
    /// A clause that goes on asking the same: 不得对外公布.
    GOES_ON, FLAGS, r"^(?:⟨around a particular⟩|⟨must not⟩|⟨publish⟩|[、()\s])*$");
pattern!(
    /// A clause that goes on to what was written: 意见也不要; 还有意见.
    OF_THE_LETTER,
    FLAGS,
    r"⟨letter itself⟩.*(?:⟨must not⟩|不|别|保密)|^(?:⟨around a particular⟩|[、()\s])*⟨letter itself⟩(?:⟨letter itself⟩|⟨around a particular⟩|[、()\s])*$"
);
word_list!(
    /// How a clause begins that speaks of what stands above it in the letter.
    POINTS_BACK, FLAGS, "points back"
);
pattern!(GENERAL, FLAGS, r"(?:他人|别人|个人|公民|群众|企业)的?(?:隐私|信息|秘密)|⟨general matter⟩");

/// Sets the flags, adds their evidence.
pub(crate) fn fill(details: &mut Details, input: &DetailsInput<'_>, part: &Part<'_, '_>, body: &[Line<'_>]) {
    let Part { lines, fields, .. } = part;
    let sentences = sentences(lines);
    let said = Said::of(&sentences);
    set(details, Flag::NoObjection, no_objection::evidence(body, fields, lines));
    set(details, Flag::Joint, joint::evidence(lines).or_else(|| several_names(details)));
    let anonymous = said
        .find_where(Topic::Anonymous, &ANONYMOUS, &ANONYMITY_OF_OTHERS, |sentence| {
            !only_hides(sentence) || details.name.is_none() && SECRET.inside(sentence)
        })
        .or_else(|| anonymous_field(fields, lines));
    set(details, Flag::Anonymous, anonymous);
    let of_details = no_publish(&said).filter(|_| is_of_details_only(&said));
    set(details, Flag::NoPublish, no_publish(&said));
    set(details, Flag::NoPublishDetails, of_details);
    let has_file = !input.attachments.is_empty();
    let pointer = pointer::evidence(body, has_file).filter(|_| !details.flags.contains(&Flag::NoObjection));
    let cloud = cloud::evidence(lines).map(owned);
    // A mere request names its proof too: 截图见附件.
    let named = || pointer::names_a_file(if body.is_empty() { lines } else { body });
    let missing = if has_file || cloud.is_some() { None } else { named() };
    // What only points says nothing, whether the file came or not.
    details.only_points = pointer.is_some() && (has_file || missing.is_some() || cloud.is_some());
    set(details, Flag::AttachmentOnly, pointer.filter(|_| has_file));
    set(details, Flag::AttachmentMissing, missing);
    set(details, Flag::CloudAttachment, cloud);
    let numbers = personal_numbers(lines);
    let card = numbers.iter().find(|(kind, ..)| *kind == Identifier::IdentityCard);
    set(details, Flag::IdNumber, card.map(as_evidence));
    let number = numbers.first().map(as_evidence);
    set(details, Flag::Sensitive, number.or_else(|| sensitive::evidence(&sentences)));
    set(details, Flag::InfoDisclosure, disclosure::evidence(&said, head(input.subject)));
    // What a unit calls itself in its sentence is its name, what it writes in the subject often a short one.
    let from_subject =
        || details.evidence.iter().any(|seen| seen.field == "organization" && seen.rule == "subject");
    if (details.organization.is_none() || from_subject()) && details.flags.contains(&Flag::NoObjection) {
        answering::without_objection(details, input, lines);
    }
    if details.organization.is_none() && details.only_points {
        answering::with_a_file(details, input, lines);
    }
    let nothing = details.organization.is_none()
        && details.name.is_none()
        && details.occupation.is_none()
        && details.phones.is_empty();
    set(details, Flag::DetailsMissing, nothing.then(|| (0, String::new())));
    details.flags.sort_unstable();
}

/// Whether a sentence wants a name kept from the public, and nowhere says that it is withheld: 请勿公开本人姓名.
fn only_hides(sentence: &str) -> bool {
    let withholds = |clause: &str| ANONYMOUS.is_match(clause) && !NO_PUBLISH.is_match(clause);
    NO_PUBLISH.is_match(sentence)
        && !WITHHOLDS.inside(sentence)
        && !RETICENT.inside(sentence)
        && !sentence.split([',', ';']).any(withholds)
}

/// As much of a subject as one sentence may hold.
fn head(subject: &str) -> &str {
    subject.get(..subject.floor_char_boundary(SENTENCE_BYTES)).unwrap_or(subject)
}

fn owned((line, text): (usize, &str)) -> (usize, String) {
    (line, text.trim().chars().take(80).collect())
}

fn set(details: &mut Details, flag: Flag, evidence: Option<(usize, String)>) {
    let Some((line, as_written)) = evidence else { return };
    details.flags.push(flag);
    details.evidence.push(Evidence { field: flag.as_str(), rule: "wording", line, as_written });
}

/// Whether a sentence asks that its writer be not named, or his letter not published.
pub(crate) fn keeps_private(text: &str) -> bool {
    let sentence = [Sentence {
        line: 0,
        text: text.trim_end_matches(['。', '!', '?', ';']).trim(),
        topics: Topics::of(text),
    }];
    let said = Said::of(&sentence);
    no_publish(&said).is_some() || said.find(Topic::Anonymous, &ANONYMOUS, &ANONYMITY_OF_OTHERS).is_some()
}

fn no_publish(said: &Said<'_, '_>) -> Option<(usize, String)> {
    said.about(Topic::NoPublish)
        .find(|sentence| asks_not_to_publish(sentence.text))
        .map(|sentence| (sentence.line, sentence.text.chars().take(80).collect()))
}

fn asks_not_to_publish(sentence: &str) -> bool {
    // Who will not say his name asks nobody to keep it.
    if RETICENT.inside(sentence) && !sentence.split([',', ':', ';']).any(asks_to_keep) {
        return false;
    }
    if CHOSEN.is_match(sentence) || STANCE.is_match(sentence) {
        return true;
    }
    let Some(clause) = sentence.split([',', ':']).find(|clause| NO_PUBLISH.is_match(clause)) else {
        return false;
    };
    let own = ONES_OWN.is_match(clause);
    // 以上个人信息 are the writer's.
    let points_back = POINTS_BACK.at_start(clause.trim()).is_some();
    let general = !points_back && GENERAL.is_match(clause);
    let plain = points_back || !GENERAL.is_match(sentence);
    let mine = clause.contains('我') || clause.contains("本人");
    plain || own && !general || mine && !clause.contains("建议")
}

/// Whether all that is not to be published is who the writer is: whoever says no more of his letter wants it read.
fn is_of_details_only(said: &Said<'_, '_>) -> bool {
    said.about(Topic::NoPublish).filter(|sentence| asks_not_to_publish(sentence.text)).all(|sentence| {
        let clauses = || sentence.text.split([',', ':', ';']);
        let asks = |clause: &&str| NO_PUBLISH.is_match(clause) || STANCE.is_match(clause);
        let mut is_of_details = false;
        !CHOSEN.is_match(sentence.text)
            && clauses().filter(asks).all(|clause| {
                is_of_details |= OF_DETAILS.is_match(clause);
                is_of_details && (OF_DETAILS.is_match(clause) || GOES_ON.is_match(clause))
            })
            && is_of_details
            && !clauses().any(|clause| OF_THE_LETTER.is_match(clause))
    })
}

/// Whether a clause asks that something be not published, and does not say that its writer will not say who he is.
fn asks_to_keep(clause: &str) -> bool {
    !RETICENT.inside(clause) && (NO_PUBLISH.is_match(clause) || STANCE.is_match(clause))
}

fn several_names(details: &Details) -> Option<(usize, String)> {
    (details.signatories > 1).then(|| (0, details.signatories.to_string()))
}

fn anonymous_field(fields: &[Field], lines: &[Line<'_>]) -> Option<(usize, String)> {
    fields
        .iter()
        .filter(|field| matches!(field.label, Label::Name | Label::Contact))
        .find(|field| {
            let value = field.text(lines).trim();
            INSTEAD_OF_A_NAME.at_start(value).is_some()
        })
        .map(|field| {
            (lines.get(field.line).map_or(0, |line| line.number), field.raw(lines).trim().to_owned())
        })
}

/// Identity and bank cards with their line, as written, up to the first identity card.
fn personal_numbers<'a>(lines: &[Line<'a>]) -> Vec<(Identifier, usize, &'a str)> {
    let mut numbers = Vec::new();
    for line in lines {
        for (kind, range) in identifiers::find(line.text) {
            if matches!(kind, Identifier::IdentityCard | Identifier::BankCard) {
                numbers.push((kind, line.number, line.raw_of(range)));
            }
            if kind == Identifier::IdentityCard {
                return numbers;
            }
        }
    }
    numbers
}

fn as_evidence((_, line, as_written): &(Identifier, usize, &str)) -> (usize, String) {
    (*line, (*as_written).to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::details::text::topics::assert_complete;

    #[test]
    fn whatever_an_expression_matches_has_its_topic() {
        assert_complete(Topic::Anonymous, &ANONYMOUS);
        assert_complete(Topic::NoPublish, &NO_PUBLISH);
    }
}
