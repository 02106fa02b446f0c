//! The words of labels, and how they may be spread.

use std::collections::HashMap;
use std::sync::LazyLock;

use crate::details::form::label::Label;
use crate::vocabulary::traditional::simplified;

/// The words of each label; `|` stands between them. Traditional characters are compared in their simplified form.
const WORDS: &[(Label, &str)] = &[
    (
        Label::Name,
        "姓名|真实姓名|名字|建议人|建议人姓名|建议者|建议提出人|提出人|提出人姓名|提议人|提议者|提案人|意见人|\
        意见提出人|反馈人|反馈人姓名|反馈者|来信人|来信人姓名|来信者|写信人|写信者|提交人|提交人姓名|填写人|填表人|\
        填表人姓名|填报人|填报人姓名|留言人|留言者|反映人|反映人姓名|申请人|投稿人|参与人|参与者|发件人|发件人姓名|\
        作者|作者姓名|联合署名人|共同署名人|联合建议人|共同建议人|联合提议人|市民姓名|居民姓名|业主姓名|个人姓名|署名|签名|签字|name|full name|your name",
    ),
    (
        Label::Contact,
        "联系人|联系人姓名|联系人员|业务联系人|工作联系人|联络人|联络员|经办人|经办人姓名|承办人|contact|contact person",
    ),
    (
        Label::Occupation,
        "职业|职业身份|职业类别|职业类型|从事职业|所从事职业|从事的职业|目前职业|现职业|当前职业|身份|occupation|\
        profession|job",
    ),
    (Label::Position, "职务|职称|职务职称|岗位|position|title"),
    (
        Label::Organization,
        "单位|工作单位|工作单位名称|单位名称|单位全称|反馈单位|建议单位|提出单位|意见单位|意见提出单位|所在单位|\
        所属单位|服务单位|就职单位|任职单位|现工作单位|填报单位|报送单位|提交单位|回复单位|回函单位|复函单位|来文单位|\
        来函单位|发文单位|发件单位|企业名称|企业全称|公司名称|公司全称|所在公司|公司|就读学校|所在学校|机构名称|\
        company|organization|organisation",
    ),
    (
        Label::Phone,
        "电话|电话号码|联系电话|联系电话号码|联络电话|回访电话|手机|手机号|手机号码|手机电话|移动电话|联系手机|\
        联系手机号|联系手机号码|联系方式|联系方法|联系号码|办公电话|办公室电话|办公座机|单位电话|家庭电话|个人电话|\
        私人电话|固定电话|固定电话号码|住宅电话|座机|座机号码|固话|固话号码|联系人电话|联系人手机|联系人手机号|\
        联系人联系方式|本人电话|tel|tel.|telephone|phone|\
        phone number|mobile|mobile phone|cell|cellphone|\
        cell phone",
    ),
    (
        Label::Email,
        "邮箱|邮箱地址|电子邮箱|电子邮箱地址|电子邮件|电子邮件地址|电子信箱|电邮|电邮地址|邮件地址|联系邮箱|个人邮箱|\
        常用邮箱|qq邮箱|email|email地址|e-mail|e-mail地址|mail",
    ),
    (Label::Fax, "传真|传真号码|传真电话|fax"),
    (Label::Messenger, "微信|微信号|wechat|qq|qq号|qq号码|钉钉|钉钉号|vx|wx"),
    (
        Label::Opinion,
        "意见|建议|意见建议|意见和建议|意见与建议|建议意见|建议和意见|修改意见|修改建议|\
        反馈意见|反馈内容|具体意见|具体建议|意见内容|建议内容|意见建议内容|内容|正文|\
        comment|comments|suggestion|suggestions|opinion",
    ),
    (
        Label::Other,
        "地址|通信地址|通讯地址|联系地址|家庭住址|家庭地址|单位地址|住址|现住址|居住地|户籍地|所在地|\
        所在地区|所在城市|address|邮编|邮政编码|性别|年龄|出生年月|出生日期|民族|籍贯|学历|文化程度|政治面貌|身份证|\
        身份证号|身份证号码|证件号|证件号码|统一社会信用代码|信用代码|昵称|网名|标题|主题|收件人|日期|\
        填表日期|提交日期|反馈日期|来信日期|备注|序号|附件|是否公开|是否同意公开|是否愿意公开|是否匿名|是否公开姓名|\
        是否公开个人信息|同意公开|附议人|附议者",
    ),
];

type ByFirst = HashMap<char, Vec<(Vec<char>, Label)>>;

/// The words by their first character, longest first.
static BY_FIRST: LazyLock<ByFirst> = LazyLock::new(|| {
    let mut by_first: ByFirst = HashMap::new();
    let words = WORDS.iter().flat_map(|(label, words)| words.split('|').map(move |word| (word, *label)));
    for (word, label) in words {
        let word: Vec<char> = word.chars().collect();
        if let Some(first) = word.first() {
            by_first.entry(*first).or_default().push((word, label));
        }
    }
    for words in by_first.values_mut() {
        words.sort_by_key(|(word, _)| std::cmp::Reverse(word.len()));
    }
    by_first
});

/// The longest word of the table at the start of `text`, and its length with the blanks inside.
pub(crate) fn longest_word(text: &str) -> Option<(Label, usize)> {
    let first = simplified(text.chars().next()?).to_ascii_lowercase();
    BY_FIRST.get(&first)?.iter().find_map(|(word, label)| Some((*label, word_length(text, word)?)))
}

fn word_length(text: &str, word: &[char]) -> Option<usize> {
    const BLANKS: usize = 8;
    let mut at = 0;
    for (index, expected) in word.iter().enumerate() {
        let mut rest = text.get(at..)?;
        // 姓　名, 联 系 电 话; Latin words are not spread.
        if index > 0 && !expected.is_ascii() {
            let trimmed = rest.trim_start_matches(' ');
            let blanks = rest.len() - trimmed.len();
            if blanks > BLANKS {
                return None;
            }
            at += blanks;
            rest = trimmed;
        }
        let c = rest.chars().next()?;
        if c != *expected && simplified(c).to_ascii_lowercase() != *expected {
            return None;
        }
        at += c.len_utf8();
    }
    let ends_latin = word.last().is_some_and(char::is_ascii_alphanumeric);
    let goes_on = text.get(at..)?.starts_with(|c: char| c.is_ascii_alphanumeric());
    (!(ends_latin && goes_on)).then_some(at)
}
