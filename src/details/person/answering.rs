//! Which organisation answers, where its name stands only in what it says: `某某市某某局无意见。`, `附件为某某局反馈意见表`, a file's
//! name. Looked for where a letter says nothing else.

use super::organization;
use crate::details::found::{Details, DetailsInput};
use crate::details::lexicon::roles::is_department;
use crate::details::text::line::Line;
use crate::vocabulary::language::language_table;
use crate::vocabulary::pattern;

language_table!(FLAGS, "language/flags.tsv");
language_table!(POINTERS, "language/pointers.tsv");

/// The longest sentence that says so, in bytes.
const SENTENCE_BYTES: usize = 400;

pattern!(
    /// `某某局对该方案无修改意见`, up to the end of the sentence: 无意见箱 is another matter.
    HAS_NONE,
    FLAGS,
    r"(?x) ^ [(\[【\s]* (?P<name>[\p{Han}A-Za-z0-9()·]{4,45}?)
      (?:对(?:于|此|该|本|上述|文稿|征求|方案|工作方案|《|“|贵)[^,。]{0,120}?)? (?:经[^,。]{0,8}?)?
      (?:⟨between unit and none⟩){0,2} \s?:?\s?
      (?: ⟨none⟩⟨kind of opinion⟩{0,3}⟨opinion⟩(?:(?:和|与|及|、)?建议)? | ⟨no change⟩ | (?:未|不)提出?⟨kind of opinion⟩{0,2}意见
        | (?:原则|完全|一致)?上?(?:表示)?同意(?:该|此|本|上述|印发|以上)?《?(?:工作)?⟨draft⟩?》? )
      [)\]】\s]* $"
);

pattern!(
    /// `附件为某某局反馈意见表`, `报送某某局意见反馈表`
    ATTACHES,
    POINTERS,
    r"(?:附件(?:为|是|系|中?有)?:?|⟨hands in⟩)(?P<name>[\p{Han}A-Za-z0-9()·]{4,60})"
);

/// Takes the organisation from a letter that says nothing but that it has no objection. Where several say so, no one of them
/// speaks: 办公室：无意见 is a department's.
pub(crate) fn without_objection(details: &mut Details, input: &DetailsInput<'_>, lines: &[Line<'_>]) {
    let office = input.consultation.office_name.as_str();
    let mut found: Vec<(usize, String)> = Vec::new();
    for line in lines {
        let parts = line.text.split(['。', '!', ';', ',']).filter(|part| part.len() <= SENTENCE_BYTES);
        found.extend(parts.filter_map(|part| {
            let name = HAS_NONE.captures(part.trim())?.name("name")?.as_str();
            Some((line.number, organization::read(name, office, true)?))
        }));
    }
    let (rule, line, name) = match found.as_slice() {
        [(line, name)] if !is_department(name) => ("says_none", *line, name.clone()),
        [] => {
            // 我委无异议。某某市卫健委 2024.3.6
            let last = lines.iter().rfind(|line| !line.text.trim().is_empty());
            let signed = last.and_then(|line| {
                let (_, behind) = line.raw.rsplit_once('。')?;
                Some(("signature_line", line.number, organization::signing(behind, office)?))
            });
            let Some(signed) = signed else { return };
            signed
        }
        _ => return,
    };
    details.evidence.retain(|seen| seen.field != "organization");
    details.note("organization", rule, line, &name);
    details.organization = Some(name);
}

/// Takes the organisation from a letter that says nothing but that a file does: from what it says of it, or from the file's
/// name.
pub(crate) fn with_a_file(details: &mut Details, input: &DetailsInput<'_>, lines: &[Line<'_>]) {
    let office = input.consultation.office_name.as_str();
    let named = lines.iter().filter(|line| line.text.len() <= SENTENCE_BYTES).find_map(|line| {
        let written = ATTACHES.captures(line.text)?.name("name")?.as_str();
        Some((line.number, organization::before_ask(written, office)?))
    });
    let in_a_name = || {
        let name = input.attachments.iter().find_map(|file| {
            let stem = file.rsplit_once('.').map_or(file.as_str(), |(stem, _)| stem);
            // 意见反馈表（某某市司法局）
            organization::before_ask(stem, office).or_else(|| organization::in_subject(stem, office))
        });
        name.map(|name| (0, name))
    };
    if let Some((line, name)) = named.or_else(in_a_name) {
        details.note("organization", "file_name", line, &name);
        details.organization = Some(name);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn whoever_has_no_objection_is_named_before_it() {
        for (sentence, name) in [
            ("某甲市残疾人联合会无意见", Some("某甲市残疾人联合会")),
            ("某戊市自然资源局没有不同意见", Some("某戊市自然资源局")),
            ("某己县水利局:无意见", Some("某己县水利局")),
            ("(某辛市统计局无意见)", Some("某辛市统计局")),
            ("某丁市住建局经研究无修改意见", Some("某丁市住建局")),
            ("某丁市住建局原则同意该方案", Some("某丁市住建局")),
            ("某丁街道办事处无意见箱", None),
        ] {
            let found = HAS_NONE.captures(sentence).and_then(|found| Some(found.name("name")?.as_str()));
            assert_eq!(found, name, "{sentence}");
        }
    }
}
