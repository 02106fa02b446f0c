//! What somebody says of his letter as a letter: how many sign and where they are listed, that he leaves no number.

use crate::details::text::letters::LETTERS;
use crate::vocabulary::pattern;

pattern!(
    /// `附27人签名，见附件照片`, `签名人共31人，名单见附件`: how many sign, and where to see it.
    SIGNED_BY,
    r"(?x)^(?: (?:另|后|随信|并)?(?:附|附有|附上|共|共有|共计|合计|有|以上共?|以上)?\s?(?:[0-9]{1,5}|[一二三四五六七八九十百两]{1,5})\s?[余多]?(?:人|名|位|户)(?:居民|业主|村民|群众|职工|家长|市民)?的?(?:联名|共同)?(?:签名|签字|联名|手印)
      | (?:另|后|随信|并)?(?:附|附有|附上)?(?:以上)?(?:签名|签字|联名|署名|联署)的?(?:人员|人|者|居民|业主|村民|群众|职工|家长|市民)?(?:人数|数)?[,:]?\s?(?:共有|共计|一共|合计|总计|总共|共|计|为|有)?\s?(?:[0-9]{1,5}|[一二三四五六七八九十百两]{1,5})\s?[余多]?(?:人|名|位|户) )
      (?:名单|表|页|册)?(?:,?(?:具体|详细|签名|签字|联名)?(?:名单|名册|表|页)?(?:附后|在后|附上|见后|见附件|详见附件|在附件[里中]?|略|从略)(?:的?(?:照片|图片|扫描件|名单|表))?)?$"
);
pattern!(
    /// `签名名单见附件`, `名单附后`
    LISTED, r"^(?:具体|详细|签名|签字|联名|联署)?(?:人员|者|人)?(?:名单|名册|签名表|签名页)(?:附后|在后|附上|见后|见附件|详见附件|在附件[里中]?|随信附上)$"
);
pattern!(
    /// `电话不方便留`, `恕不便留下联系方式`
    LEAVES_NO_DATA, LETTERS,
    r"(?x)^(?: (?:我的?|本人的?|个人|真实)? ⟨kind of data⟩ (?:[、和与及]?⟨kind of data⟩){0,4} (?:我们?|这里|就|都|也|均|暂时?|先|还是|实在|恕|一概|一律){0,3}
        不 (?:太|大)? (?:(?:方便|便|愿意?|想|敢) ⟨gives data⟩ | 留 | 写 | 填) (?:了|啦|吧){0,2}
      | (?:恕|请恕|抱歉|就|这里|暂|我|本人|实在){0,3} 不 (?:太|大)? (?:方便|便|愿意?|想|敢) ⟨gives data⟩ (?:我的?|本人的?|自己的?|真实的?)? ⟨kind of data⟩ (?:[、和与及]?⟨kind of data⟩){0,4} (?:了|啦)? )$"
);

/// The longest such sentence, in bytes.
const SENTENCE_BYTES: usize = 150;

/// Whether a sentence says only such things.
pub(super) fn is_remark(plain: &str) -> bool {
    plain.len() <= SENTENCE_BYTES
        && (SIGNED_BY.is_match(plain) || LISTED.is_match(plain) || LEAVES_NO_DATA.is_match(plain))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_said_of_the_letter() {
        for remark in [
            "附27人签名,见附件照片",
            "签名人共31人,名单见附件",
            "联名居民共12户,签名表附后",
            "以上共31人联名,名单附后",
            "签名人数:18人",
            "签名名单见附件",
            "共计28人联名,名单略",
            "姓名电话不方便留",
            "电话就不留了",
            "恕不便留下联系方式",
        ] {
            assert!(is_remark(remark), "{remark}");
        }
        for said in [
            "签名人共31人才能受理",
            "每户一人签名",
            "免申办名单见附件5",
            "姓名电话不方便留的也应当受理",
            "电话不方便老人",
            "单位不愿意提供",
            "电话不通",
            "名单应当附后",
            "地址写不下",
        ] {
            assert!(!is_remark(said), "{said}");
        }
    }
}
