//! Personal data as it is shown to people: enough to tell cases apart, not enough to reach anybody.

mod blot;
mod files;
mod labelled;
mod numbers;
mod people;
mod trades;
mod values;
mod view;
mod words;

use std::collections::HashMap;
use std::sync::LazyLock;

use crate::details::form::label::Label;
use crate::details::form::labels;
use crate::details::person::name::{Reading, read_labelled};
use crate::details::person::{joint, roll, signature};
use crate::details::text::fold::fold;
use crate::details::text::line::{Text, pieces};
use crate::vocabulary::Status;
use crate::words::Chinese as _;

pub use blot::Blot;
pub use trades::occupations;
pub use values::{email, name, phone};

use values::joined;
use view::{View, digit};

/// What stands in the place of what was erased. It is nobody's name and no number.
pub static ERASED: LazyLock<String> = LazyLock::new(|| format!("[{}]", Status::Erased.short()));

/// Running text with identity and card numbers, telephone numbers, addresses and labelled document numbers masked, and
/// what stands behind the label of a name, an address or a messenger's number. Other names stay: what is a name in a
/// sentence cannot be told for certain.
pub fn text(text: &str) -> String {
    let mut masked = String::with_capacity(text.len());
    let mut lines = text.split('\n').peekable();
    let (mut begins_hidden, mut among_signers) = (false, false);
    while let Some(line) = lines.next() {
        let mut line = line;
        if among_signers && !line.trim().is_empty() && !line.contains(ERASED.as_str()) {
            match signer_masked(line) {
                Some(signer) => {
                    masked.push_str(&signer);
                    masked.push_str(if lines.peek().is_some() { "\n" } else { "" });
                    continue;
                }
                None => among_signers = false,
            }
        }
        among_signers = among_signers || heads_signers(line);
        if begins_hidden {
            masked.push_str("***");
            line = line.trim_start_matches(|c: char| c.is_whitespace() || c.is_ascii_digit());
        }
        let (end, start) = (last_digits(line), lines.peek().map_or("", |next| first_digits(next)));
        begins_hidden = numbers::is_broken_number(end, start);
        if begins_hidden {
            line = line.trim_end().strip_suffix(end).unwrap_or(line);
        }
        for (at, between) in line.split(ERASED.as_str()).enumerate() {
            masked.push_str(if at > 0 { ERASED.as_str() } else { "" });
            pieces(between).for_each(|piece| mask_line(piece, &mut masked));
        }
        if begins_hidden {
            masked.push_str("***");
        }
        if lines.peek().is_some() {
            masked.push('\n');
        }
    }
    masked
}

/// Whether a line is the heading of a list of those who sign.
fn heads_signers(line: &str) -> bool {
    const BYTES: usize = 120;
    let may_be = line.len() <= BYTES && line.trim_end().ends_with([':', '：', '∶', '﹕', '︰', '\u{fe13}']);
    may_be && joint::heads_signers(&View::of(line).text)
}

/// A line of such a list, `1. 张三 138…`, with its name masked, if it is one.
fn signer_masked(line: &str) -> Option<String> {
    let signer = joint::listed_signer(&View::of(line).text)?;
    Some(Known::new(&[signer]).mask(line))
}

/// The digits that end a line, and those that begin one: a number may be broken between.
fn last_digits(line: &str) -> &str {
    let line = line.trim_end();
    line.get(line.trim_end_matches(|c: char| c.is_ascii_digit()).len()..).unwrap_or_default()
}

fn first_digits(line: &str) -> &str {
    let line = line.trim_start();
    let rest = line.trim_start_matches(|c: char| c.is_ascii_digit());
    line.strip_suffix(rest).unwrap_or_default()
}

/// Names to mask, made ready once for any number of texts.
#[derive(Debug, Default)]
pub struct Known(HashMap<char, Vec<Vec<char>>>);

impl Known {
    /// Takes these names. Where several begin at one place, the first of the list is taken: the longest should stand first.
    /// A single character is no name.
    pub fn new(names: &[String]) -> Self {
        let mut known: HashMap<char, Vec<Vec<char>>> = HashMap::new();
        for name in names.iter().filter(|name| !ERASED.contains(name.as_str())) {
            let name: Vec<char> =
                fold(name).chars().filter(|c| !c.is_whitespace()).map(|c| c.to_ascii_lowercase()).collect();
            if let (Some(first), true) = (name.first(), name.len() > 1) {
                known.entry(*first).or_default().push(name);
            }
        }
        Self(known)
    }

    /// Takes names that are known, and those that texts are signed with.
    pub fn of<'a>(
        known: impl IntoIterator<Item = &'a str>,
        texts: impl IntoIterator<Item = &'a str>,
    ) -> Self {
        let mut names: Vec<String> = known.into_iter().map(|name| name.trim().to_owned()).collect();
        names.extend(texts.into_iter().flat_map(self::names));
        names.sort_by_key(|name| (std::cmp::Reverse(name.chars().count()), name.clone()));
        names.dedup();
        Self::new(&names)
    }

    /// [`text`] with these names masked too, whatever blanks stand within them.
    pub fn mask(&self, text: &str) -> String {
        let text = self::text(text);
        if self.0.is_empty() { text } else { with_names(&text, &self.0) }
    }
}

fn with_names(text: &str, wanted: &HashMap<char, Vec<Vec<char>>>) -> String {
    let view = View::of(text);
    let (places, signs) = view.signs();
    let place = |index: usize| places.get(index).copied().unwrap_or(view.text.len());
    let mut found = Vec::new();
    let mut at = 0;
    while let Some(first) = signs.get(at) {
        let names = wanted.get(first).map(Vec::as_slice).unwrap_or_default();
        if let Some(end) = names.iter().find_map(|name| end_of(&signs, at, name)) {
            let range = place(at)..place(end);
            let written = view.text.get(range.clone()).unwrap_or_default();
            found.push((range, name(&joined(written))));
            at = end;
        } else {
            at += 1;
        }
    }
    let mut masked = String::with_capacity(text.len());
    view.masked(found, &mut masked);
    masked
}

/// Where a name ends that begins at `start`, if it stands there.
fn end_of(text: &[char], start: usize, name: &[char]) -> Option<usize> {
    let in_word = |at: usize| text.get(at).is_some_and(char::is_ascii_alphanumeric);
    let mut at = start;
    for (index, c) in name.iter().enumerate() {
        while index > 0 && matches!(text.get(at), Some(' ' | '\t')) {
            at += 1;
        }
        if text.get(at)? != c {
            return None;
        }
        at += 1;
    }
    // `Li` is no part of `Limited`.
    let cut = start > 0 && in_word(start) && in_word(start - 1) || in_word(at) && in_word(at - 1);
    (!cut).then_some(at)
}

/// The names that a text is signed with or gives behind a label: what is masked there is masked elsewhere too.
pub fn names(text: &str) -> Vec<String> {
    let text = Text::new(text);
    let lines = text.lines();
    let fields = labels::find(&lines);
    let mut signature = signature::read(&lines, &fields, &[], None);
    roll::add(&lines, &mut signature);
    let labelled = fields.iter().filter(|field| matches!(field.label, Label::Name | Label::Contact));
    let labelled = labelled.filter_map(|field| match read_labelled(field.text(&lines)) {
        Reading::Name(name) | Reading::Hint(name) => Some(name),
        Reading::Nothing => None,
    });
    let signers = signature.names.into_iter().chain(signature.hint).map(|signer| signer.name);
    signers.chain(labelled).collect()
}

fn mask_line(raw: &str, masked: &mut String) {
    // Every number has digits, every label and messenger one of these and something that parts it from its value.
    let has_numbers =
        raw.chars().any(|c| c.is_numeric() || matches!(c, '@' | '＠' | '﹫' | '#' | '＃' | '特'))
            || ["at)", "at]", "at）", "AT)", " at ", " AT "].iter().any(|at| raw.contains(at))
            || raw.chars().filter(|c| digit(*c).is_some()).nth(6).is_some();
    let has_labels = raw.contains([
        '人', '名', '字', '址', '所', '地', '信', '款', '者', '员', '钉', 'n', 'N', 'x', 'X', 'q', 'Q', 'd',
        'D',
    ]) && raw
        .contains([':', '：', '∶', '﹕', '︰', '\u{fe13}', '\t', '|', '│', '是', '为', 'q', 'Q', '号']);
    let names_somebody = has_numbers
        || raw.contains(['(', '（', '我', '俺', '咱', '住', '鄙', '敝', '找'])
        || ["本人", "以上", "以下", "下面", "代表", "姓名", "名字"].iter().any(|word| raw.contains(word))
        || raw.bytes().any(|byte| byte.is_ascii_alphabetic());
    if !has_numbers && !has_labels && !names_somebody {
        masked.push_str(raw);
        return;
    }
    let view = View::of(raw);
    let mut found = Vec::new();
    if has_labels {
        labelled::find(&view.text, &mut found);
    }
    if names_somebody {
        people::find(&view.text, &mut found);
        files::find(&view.text, &mut found);
    }
    if has_numbers {
        numbers::find(&view.text, &mut found);
    }
    view.masked(found, masked);
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn values() {
        assert_eq!(name("张三"), "张*");
        assert_eq!(name("张建国"), "张**");
        assert_eq!(name("欧阳娜娜"), "欧阳**");
        assert_eq!(name("阿依古丽·买买提"), "阿***·***");
        assert_eq!(name("David Chen"), "D**** C***");
        assert_eq!(name(""), "");
        assert_eq!(phone("13800138000"), "138****8000");
        assert_eq!(phone("024-83988812"), "024-8398****");
        assert_eq!(phone("024-25550101-8012"), "024-2555****");
        assert_eq!(phone("0410-7550105"), "0410-755****");
        assert_eq!(email("zhang@example.com"), "z***@example.com");
    }

    #[test]
    fn running_text() {
        for (plain, masked) in [
            ("建议人：贾海燕（个体户）", "建议人：贾**（个体户）"),
            ("建议人：贾海燕（事业单位工作人员）", "建议人：贾**（事业单位工作人员）"),
            ("建议人：贾海燕（李晓梅）", "建议人：贾**（李**）"),
            ("身份证11010519491231002X。", "身份证110105********002X。"),
            ("身份证号：210102900307123", "身份证号：210102*******23"),
            ("卡6222020000000000000", "卡6222 **** **** 0000"),
            ("电话１３８００１３８０００，谢谢", "电话138****8000，谢谢"),
            ("拨打（024）83988812无人接听", "拨打024-8398****无人接听"),
            ("写信到z@example.com", "写信到z***@example.com"),
            ("住院号88213，护照E12345678", "住院号***，护照***"),
            ("车牌辽A12345", "车牌***"),
            ("统一社会信用代码91210100MA0XYZ1234", "统一社会信用代码91210100MA0XYZ1234"),
            ("传真024-25550101", "传真024-2555****"),
            ("2024年3月13日前，12345热线", "2024年3月13日前，12345热线"),
            ("姓名：顾某某　职业：教师", "姓名：顾**　职业：教师"),
            ("1.姓 名：张 伟", "1.姓 名：张*"),
            ("联名人：钱大海、冯涛、褚亮（三人）", "联名人：钱**、冯*、褚*（三*）"),
            ("共同署名：1. 程静 2. 何少华", "共同署名：1. 程* 2. 何**"),
            (
                "简单的事写个委托书就行。\n共同署名：\n\n1. 程静\n2. 何少华 13800138000\n（完）",
                "简单的事写个委托书就行。\n共同署名：\n\n1. 程*\n2. 何** 138****8000\n（完）",
            ),
            ("联系人：阿依古丽，电话13800138000", "联系人：阿***，电话138****8000"),
            ("姓名：David Chen 电话：024-25550101", "姓名：D**** C*** 电话：024-2555****"),
            ("申请人：李建国", "申请人：李**"),
            ("申请人：应当提交材料", "申请人：应当提交材料"),
            ("作者：应当注明", "作者：应当注明"),
            ("建议者：李建国", "建议者：李**"),
            ("联络员：顾某某", "联络员：顾**"),
            ("Full name: David Chen", "Full name: D**** C***"),
            ("钉钉号：zhang_wei8", "钉钉号：***"),
            ("姓名\t张建国\t电话\t13800138000", "姓名\t张**\t电话\t138****8000"),
            ("家庭住址：广州市和平区幸福路12号3栋。建议延长", "家庭住址：***。建议延长"),
            ("地址：应在网上公布", "地址：应在网上公布"),
            ("微信：zhang_wei8，QQ：123456789", "微信：***，QQ：***"),
            ("建议微信小程序也能办，QQ群公布", "建议微信小程序也能办，QQ群公布"),
            ("表单中的姓名：自动带出", "表单中的姓名：自动带出"),
            // Numbers as people draw, part and break them.
            ("手机一三八一二三四五六八三", "手机138****5683"),
            ("手机壹叁捌壹贰叁肆伍陆捌肆", "手机138****5684"),
            ("一三八 一二三四 五六八三", "138****5683"),
            ("138\u{200b}1234\u{200b}5688", "138****5688"),
            (
                "1\u{20e3}3\u{20e3}8\u{fe0f}\u{20e3}1\u{20e3}2\u{20e3}3\u{20e3}4\u{20e3}5\u{20e3}6\u{20e3}8\u{20e3}9\u{20e3}",
                "138****5689",
            ),
            ("①③⑧①②③④⑤⑥⑨⓪", "138****5690"),
            ("❶❸❽❶❷❸❹❺❻❾⓿", "138****5690"),
            ("138/1234/5691", "138****5691"),
            ("138，1234，5691", "138****5691"),
            ("tel13812345693end", "tel138****5693end"),
            ("3.13812345678", "3.138****5678"),
            ("1381234\n5692号", "***\n***号"),
            ("21010219900\n1011234", "***\n***"),
            ("210102/19900101/1235", "210102********1235"),
            ("6222-0212-3456-7890-124", "6222 **** **** 0124"),
            ("电话23456781", "电话2345****"),
            ("打23456782找我", "打2345****找我"),
            ("护照丢了，E87654321", "护照丢了，***"),
            ("出生日期1990年1月1日", "出生日期***"),
            ("生日：1990-01-01", "生日：***"),
            // Messengers.
            ("微信zhangwei_wx2", "微信***"),
            ("V信 zhangwei_wx3", "V信 ***"),
            ("加我微信 zhangwei_wx4", "加我微信 ***"),
            ("薇信zhangwei_wx5", "薇信***"),
            ("微信加我zhangwei88", "微信加我***"),
            ("微信号是zhangwei", "微信号是***"),
            ("WeChat ID: zhangwei_wx7", "WeChat ID: ***"),
            ("vx zhangwei_wx8", "vx ***"),
            ("我的QQ号是123456782", "我的QQ号是***"),
            ("扣扣123456783", "扣扣***"),
            ("Q Q:123456784", "Q Q:***"),
            ("telegram @zhangweitg1", "telegram @***"),
            ("微博@张伟微博1", "微博@***"),
            ("抖音号 zhangweidy1", "抖音号 ***"),
            ("小红书ID：9527zhang", "小红书ID：***"),
            ("V：zhang_wei8", "V：***"),
            ("加微：zhangwei88", "加微：***"),
            ("微 信：zhang_wei8", "微 信：***"),
            ("B站uid 22345678", "B站uid ***"),
            // Abroad, papers of other forms, days of birth, addresses in words.
            ("+1 415 555 2671", "141****2671"),
            ("军官证 军字第1234567号", "军官证 ***号"),
            ("台胞证01234567", "台胞证***"),
            ("本人1990年2月3日出生", "本人***出生"),
            ("1990年2月3日生人", "***生人"),
            ("zhangwei at example dot com", "z***@example.com"),
            ("zhangwei﹫example.com", "z***@example.com"),
            // Where somebody lives, and who is named in passing.
            ("我住在广州市和平区幸福路13号4栋1单元502室，办事远", "我住在***，办事远"),
            ("家住皇姑区崇山东路66号", "家住***"),
            ("我的邻居王小二可以作证", "我的邻居王**可以作证"),
            ("（张伟强1号）", "（张**1号）"),
        ] {
            assert_eq!(text(plain), masked, "{plain}");
        }
    }

    /// A name that no rule of reading takes is somebody's all the same.
    #[test]
    fn who_says_who_he_is_and_whose_file_it_is() {
        for (plain, masked) in [
            ("我叫王小明，住得远。", "我叫王**，住得远。"),
            ("本人名叫李晓梅。建议延长", "本人名叫李**。建议延长"),
            ("我是张建国，在大厅排队", "我是张**，在大厅排队"),
            ("我的名字是欧阳娜娜。", "我的名字是欧阳**。"),
            ("My name is David Chen.", "My name is D**** C***."),
            ("我是退休教师龙国庆，不动产登记收费不公开。", "我是退休教师龙**，不动产登记收费不公开。"),
            ("以下是金浩然的意见：", "以下是金**的意见："),
            ("姓名有误，应该是沈秀兰", "姓名有误，应该是沈**"),
            ("我的名字写错了，正确的是沈秀兰", "我的名字写错了，正确的是沈**"),
            ("有事可以打我手机，找侯丽华就行。", "有事可以打我手机，找侯**就行。"),
            ("以上，乔国庆。", "以上，乔**。"),
            ("王小明-反馈意见.docx", "王**-反馈意见.docx"),
            ("反馈意见表（李晓梅）.pdf、张伟身份证.jpg", "反馈意见表（李**）.pdf、张*身份证.jpg"),
            ("附件1：意见建议王小明.doc", "附件1：意见建议王**.doc"),
        ] {
            assert_eq!(text(plain), masked, "{plain}");
        }
    }

    #[test]
    fn what_is_nobodys_stays() {
        for plain in [
            "依照《政务服务条例》第三十八条第一款第（二）项，2024年3月13日前办结",
            "投资1380000.50元，共13812345678元，占13.8%，增长一点三八倍",
            "二〇二四年三月十三日，国办发〔2024〕3号，辽政发〔2023〕12号",
            "一九四九年至一九七八年；第一二三四章",
            "①延长时间②增加窗口③减少材料④公开流程⑤设热线⑥回访⑦考核",
            "GB 32100-2015、GB/T 33358-2016、DB21/T 1234-2020",
            "拨打12345、96123、12348热线，110、119",
            "9:00-11:30，13:30-17:00；13/14/15/16/17/18日",
            "附件1-13，表2.3.8，图12-1",
            "建议微信小程序、微信公众号liaoning和QQ邮箱都能办；抖音app也行，微信12345",
            "微信支付v3，wx.login接口，qq mail",
            "政务服务大厅在和平区南五马路169号，住宅小区3号楼加装电梯",
            "住在农村的老人、住在6楼的居民上下楼难",
            "邻居都说好，我的同事方便多了，我的孩子上学",
            "（高效办）（张家口）（于洪区）（方案）（马上办）（常务会）（白天）（成年人）（金额）（时间）（全程网办）（许可证）（高新区）（一次）",
            "出生日期应当自动带出，出生医学证明",
            "时间20240313，编号S20240313，电话20240313",
            "打折2000000元，打了3000000余次",
            "2024年3月1日生效，2024年3月2日生产",
            "增加+10至+200之间，V：方案；Q：2024年怎么办",
            "look at the example dot",
            "我是高中生，我是一名教师，我叫了三次号，我是张家口人，本人是个体户",
            "我是全职妈妈，我是公司经理，我是车间工人，我是一名普通群众，我是退休工人，我是本地居民，我是开小饭店的个体户",
            "以下是我的意见，以上是修改意见，打电话找谁办，电话打不通找不到人，以上，请采纳",
            "姓名应为必填项，名字是否公开应该由本人决定",
            "方案意见.docx、金额表.xlsx、高效办成一件事征求意见稿.pdf、于洪区意见表.doc、意见建议.docx",
            "共同署名：\n1. 窗口太少\n2. 取号机太高",
            "高峰时段：\n1. 周一\n2. 周五",
            "1234567\n8901234",
            "2024\n13. 建议",
        ] {
            assert_eq!(text(plain), plain);
        }
    }

    #[test]
    fn known_names() {
        let names = |names: &[&str]| names.iter().map(|&name| name.to_owned()).collect::<Vec<_>>();
        let known = names(&["欧阳娜娜", "Li Na", "王明", "李"]);
        for (plain, masked) in [
            ("本人欧阳娜娜，李家人", "本人欧阳**，李家人"),
            ("欧 阳 娜 娜写", "欧阳**写"),
            ("li na and Limited", "l* n* and Limited"),
            ("王　明", "王*"),
            ("欧阳\u{200b}娜娜说", "欧阳**说"),
        ] {
            assert_eq!(Known::new(&known).mask(plain), masked, "{plain}");
        }
        let letter = "建议延长办理时间。\n联系人：钱大海\n\n孙建国\n周小红\n";
        let mut found = super::names(letter);
        found.sort();
        assert_eq!(found, ["周小红", "孙建国", "钱大海"]);
    }
}
