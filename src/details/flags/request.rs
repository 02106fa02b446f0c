//! What a letter wants done with an earlier one, or with the writer's data. A person decides on each.

use crate::details::found::Request;
use crate::details::text::fold::fold;
use crate::details::text::sentences::{RULE_OF_OTHERS, Said};
use crate::details::text::topics::Topic;
use crate::vocabulary::language::language_table;
use crate::vocabulary::{Regex, pattern};

language_table!(REQUESTS, "language/requests.tsv");

pattern!(
    /// An earlier letter is to fall away.
    WITHDRAWS,
    REQUESTS,
    r"(?x) ⟨take back⟩ [^,。]{0,10} (?:我|本人|⟨earlier⟩|⟨today⟩|原来|早先) [^,。]{0,14} (?:⟨letter⟩|信|反馈|那封|内容|这封|[0-9]+号?)
      | (?:我的|本人的|⟨earlier⟩|⟨today⟩) [^。,]{0,12} (?:⟨letter⟩|反馈|信件?|那封) ,? ⟨at once⟩{0,2} ⟨void⟩
      | (?:我|本人|⟨earlier⟩|⟨today⟩|[0-9]{1,2}月[0-9]{1,2}[日号]) [^。]{0,16} (?:⟨letter⟩|反馈|信件?|那封|邮件) [^。]{0,24}?
        (?: (?:请|请予|请将其|一律|予以|要求|故|特)(?:予以|给予|按)?作废 | (?:请|请予|申请|要求|希望|想|现)(?:予以|能|帮我|给我)?(?:撤回|收回|撤销|撤掉|撤下) | (?:请|恳请)?不要(?:再)?(?:登记|采用|采纳|计入|统计)|请勿(?:登记|采用|采纳|计入|统计) ) (?:处理|该件|此件|它|掉)? \s* (?:$|,)
      | (?:把|将) (?:我|本人) [^,。]{0,20} (?:⟨letter⟩|信|那封|反馈) [^,。]{0,6} (?:作废|撤回|撤掉|撤销|删除|删掉|取消)
      | 原⟨letter⟩ [^,。]{0,4} (?:作废|撤回|无效) | 前(?:邮件|信|件) [^,。]{0,3} (?:作废|撤回)
      | ^ (?:我要|我想|现|特)? (?:申请|请求|要求)? (?:撤回|撤销|取消) (?:我的?|本人的?)? ⟨letter⟩ (?:建议)? \s* (?:$|,)
      | 请(?:取消|撤销|撤回)我的?⟨letter⟩ | (?:申请|要求|请求|请予|请)(?:撤回|收回)(?:该|此|这封|那封)?⟨letter⟩?\s*(?:$|,) | 发错了[^。]{0,10}(?:请|忽略|作废|删除)
      | ⟨revoke⟩ [^,。]{0,4} (?:[0-9]{4}年)? [0-9]{1,2}月[0-9]{1,2}[日号] [^,。]{0,8} (?:⟨letter⟩|那封)
      | ⟨revoke⟩ [^,。]{0,4} (?: (?:编号|登记号|受理号) [^,。的]{0,20} [0-9]{3} | [A-Za-z]{2,8}-[0-9]{4}-[0-9]{2,} )
      | (?:请|申请|要求|请求|我要|我想|现) (?:予以|求|给)? (?:删除|取消|撤回|撤销|收回) (?:我|本人) (?:所?提的?|提交的|发的|写的|发送的|之前的)? 的? (?:那?[封条份])? ⟨letter⟩"
);
pattern!(
    /// This one is to count instead.
    REPLACES,
    REQUESTS,
    r"(?x) (?:前|上)一?(?:封|次|份) [^。]{0,14} 以(?:此|本|这个)为准 | 以(?:最新|最后|后面)(?:这封|一封|的|发的|邮件) [^。]{0,6} 为准
      | 以(?:本|此|这|该)(?:封|次|件|邮件|信|函|份|版|稿|一封) [^。]{0,8} 为准
      | ⟨replace⟩ [^,。]{0,8} ⟨earlier⟩ [^,。]{0,12} (?:⟨letter⟩|信|稿|版本|内容|那封)
      | (?:将|把|对)? ⟨earlier⟩ [^。,]{0,14} (?:⟨letter⟩|信|那封) [^。,]{0,8} [,:]? [^。,]{0,12}
        (?: 现?更正(?:为|如下|:|$) | 现?(?:修改|修订|订正)(?:为|如下) | 重新(?:提交|发送)(?:如下|一[封份次]|意见|建议|邮件|$) | 重发(?:如下|一[封份次]) | 予以(?:替换|更正) )
      | (?:更正|修改|订正|修订)(?:一下)?(?:我|本人)? ⟨earlier⟩ [^,。]{0,12} (?:⟨letter⟩|信|内容|那封)
      | (?:现|特)(?:作|做)?(?:如下)?更正 | (?:这|本|此)(?:封|件|份|次|邮件|信)? [^,。]{0,4} (?:更正|修改|修订|订正)(?:稿|版|件)"
);
pattern!(
    /// The writer's own data.
    PERSONAL_DATA,
    REQUESTS,
    r"(?x) ⟨asks⟩ [^,。]{0,6} ⟨handle data⟩ (?:我|本人)的? (?:全部|所有|相关)? (?:⟨personal data⟩|资料|信息|⟨particular⟩)
      | (?:删除|更正|查阅|注销|清除)(?:我|本人)的⟨personal data⟩ | ⟨see data⟩ [^,。]{0,12} 我的(?:全部|所有|相关)?⟨personal data⟩
      | ⟨correct⟩ (?:一下|如下)? [:,]? (?:我|本人)的?⟨particular⟩
      | (?:^|[,;:。!]) (?:我|本人)的?⟨particular⟩ [^。]{0,8} (?:⟨wrong⟩|报错|有误|错误|是错的)
      | (?:^|[,;:。!]) ⟨particular⟩ ⟨wrong⟩ 了? [^。]{0,16} (?:应为|应该是|应是|改正|更正|改为)"
);

pattern!(
    /// What the writer does not want.
    NOT_WANTED,
    REQUESTS,
    r"(?:不|没|未|没有|无需|不会|不想|不能|不打算|绝不|决不)(?:再|同意|要)?⟨not wanted⟩"
);

/// What the letter asks for, with the line and the sentence that says so. A letter that voids the earlier one and brings
/// another text replaces it; one that also has a wish about data is first of all about the letter.
pub(crate) fn find(said: &Said<'_, '_>, subject: &str) -> Option<(Request, (usize, String))> {
    let kinds: [(Request, &Regex); 3] = [
        (Request::Replaces, &REPLACES),
        (Request::Withdraws, &WITHDRAWS),
        (Request::PersonalData, &PERSONAL_DATA),
    ];
    let in_text = kinds
        .iter()
        .find_map(|(kind, wanted)| Some((*kind, said.find(Topic::Withdraw, wanted, &RULE_OF_OTHERS)?)))
        .filter(|(_, (_, sentence))| !NOT_WANTED.is_match(sentence));
    in_text.or_else(|| {
        let folded = fold(subject);
        let fits = |wanted: &Regex| wanted.is_match(&folded) && !folded.contains("建议允许");
        let (kind, _) = kinds.iter().find(|(_, wanted)| fits(wanted))?;
        Some((*kind, (0, subject.chars().take(80).collect())))
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::details::text::topics::assert_complete;

    #[test]
    fn whatever_an_expression_matches_has_its_topic() {
        assert_complete(Topic::Withdraw, &WITHDRAWS);
        assert_complete(Topic::Withdraw, &REPLACES);
        assert_complete(Topic::Withdraw, &PERSONAL_DATA);
    }
}
