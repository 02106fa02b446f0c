//! What a letter wants done with an earlier one, or with the writer's data. A person decides on each.

use std::sync::LazyLock;

use crate::vocabulary::Regex;

use crate::details::found::Request;
use crate::details::text::fold::fold;
use crate::details::text::sentences::{RULE_OF_OTHERS, Said, pattern};
use crate::details::text::topics::Topic;

pattern!(
    /// An earlier letter is to fall away.
    WITHDRAWS,
    r"(?:撤回|收回|撤销|作废|忽略|撤掉|不要采用)[^,。]{0,10}(?:我|本人|此前|之前|昨[天日晚]|前[天日]|上次|上一?封|前一?封|前次|刚才|刚刚|先前|原来|早先|今[天早])[^,。]{0,14}(?:意见|建议|邮件|来信|信|反馈|那封|内容|这封|[0-9]+号?)|(?:我的|本人的|此前|之前|昨[天日晚]|前[天日]|上次|上一?封|前一?封|前次|刚才|刚刚|先前|今[天早])[^。,]{0,12}(?:意见|建议|邮件|来信|反馈|信件|那封|信),?(?:请|予以|现|已|全部|都|均|特|要|一律|麻烦){0,2}(?:撤回|作废|收回|取消|不算|无效|撤销|忽略|删除|不作数|勿采用|不要采用|请勿采用)|原(?:意见|邮件|来信|建议)[^,。]{0,4}(?:作废|撤回|无效)|前(?:邮件|信|件)[^,。]{0,3}(?:作废|撤回)|^(?:我要|我想|现|特)?(?:申请|请求|要求)?(?:撤回|撤销|取消)(?:我的?|本人的?)?(?:意见|建议|邮件|来信)(?:建议)?\s*(?:$|,)|请(?:取消|撤销|撤回)我的?(?:意见|建议|邮件|来信)|(?:申请|要求|请求|请予|请)(?:撤回|收回)(?:意见|建议|邮件|来信)?\s*$|发错了[^。]{0,10}(?:请|忽略|作废|删除)|(?:撤回|收回|撤销|取消|作废)[^,。]{0,4}(?:[0-9]{4}年)?[0-9]{1,2}月[0-9]{1,2}[日号][^,。]{0,8}(?:意见|建议|邮件|来信|那封)|(?:撤回|收回|撤销|取消|作废)[^,。]{0,4}(?:(?:编号|登记号|受理号)[^,。的]{0,20}[0-9]{3}|[A-Za-z]{2,8}-[0-9]{4}-[0-9]{2,})|(?:请|申请|要求|请求|我要|我想|现)(?:予以|求|给)?(?:删除|取消|撤回|撤销|收回)(?:我|本人)(?:所?提的?|提交的|发的|写的|发送的|之前的)?的?(?:那?[封条份])?(?:意见|建议|邮件|来信)"
);
pattern!(
    /// This one is to count instead.
    REPLACES,
    r"(?:前|上)一?(?:封|次|份)[^。]{0,14}以(?:此|本|这个)为准|以(?:最新|最后|后面)(?:这封|一封|的|发的|邮件)[^。]{0,6}为准|以(?:本|此|这|该)(?:封|次|件|邮件|信|函|份|版|稿|一封)[^。]{0,8}为准|(?:替换|取代|代替|替代|更新|覆盖)[^,。]{0,8}(?:此前|之前|前次|上次|上一?封|前一?封|昨[天日晚]|前[天日]|刚才|刚刚)[^,。]{0,12}(?:意见|建议|邮件|来信|信|稿|版本|内容|那封)|(?:将|把|对)?(?:此前|之前|前次|上次|上一?封|前一?封|昨[天日晚]|前[天日]|刚才|刚刚)[^。,]{0,14}(?:意见|建议|邮件|来信|信|那封)[^。,]{0,8}[,:]?[^。,]{0,12}(?:现?更正(?:为|如下|:|$)|现?(?:修改|修订|订正)(?:为|如下)|重新(?:提交|发送)(?:如下|一[封份次]|意见|建议|邮件|$)|重发(?:如下|一[封份次])|予以(?:替换|更正))|(?:更正|修改|订正|修订)(?:一下)?(?:我|本人)?(?:此前|之前|前次|上次|上一?封|前一?封|昨[天日晚]|前[天日]|刚才|刚刚)[^,。]{0,12}(?:意见|建议|邮件|来信|信|内容|那封)|(?:现|特)(?:作|做)?(?:如下)?更正|(?:这|本|此)(?:封|件|份|次|邮件|信)?[^,。]{0,4}(?:更正|修改|修订|订正)(?:稿|版|件)"
);
pattern!(
    /// The writer's own data.
    PERSONAL_DATA,
    r"(?:请|申请|要求|请求|麻烦|希望)[^,。]{0,6}(?:删除|更正|查阅|复制|注销|清除|修改|更改)(?:我|本人)的?(?:全部|所有|相关)?(?:个人信息|个人资料|资料|信息|姓名|电话|手机号码?|联系电话|邮箱|联系方式)|(?:删除|更正|查阅|注销|清除)(?:我|本人)的(?:个人信息|个人资料)|(?:查阅|查询|查看|复制|提供|删除|更正|注销)[^,。]{0,12}我的(?:全部|所有|相关)?(?:个人信息|个人资料)|(?:更正|改正|改为|改成|修改|更改)(?:一下|如下)?[:,]?(?:我|本人)的?(?:姓名|名字|电话|手机号?码?|联系电话|联系方式|邮箱|职业|单位|地址)|(?:^|[,;:。!])(?:我|本人)的?(?:姓名|名字|电话|手机号?码?|联系电话|联系方式|邮箱|职业|工作单位|地址)[^。]{0,8}(?:写错|填错|登记错|打错|弄错|登错|报错|有误|错误|是错的)|(?:^|[,;:。!])(?:姓名|名字|电话|手机号?码?|联系方式|职业|单位)(?:写错|填错|登记错|打错|弄错|登错)了?[^。]{0,16}(?:应为|应该是|应是|改正|更正|改为)"
);

pattern!(
    /// What the writer does not want.
    NOT_WANTED,
    r"(?:不|没|未|没有|无需|不会|不想|不能|不打算|绝不|决不)(?:再|同意|要)?(?:撤回|收回|撤销|撤掉|作废|取消|替换|替代|删除)"
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
