//! Chinese surnames: 百家姓 and those in use today beside it.

/// Surnames of one character.
const SINGLE: &str = "赵钱孙李周吴郑王冯陈褚卫蒋沈韩杨朱秦尤许何吕施张孔曹严华金魏陶姜戚谢邹喻柏水窦章云苏潘葛奚范彭郎鲁韦昌马苗凤花方\
    俞任袁柳酆鲍史唐费廉岑薛雷贺倪汤滕殷罗毕郝邬安常乐于时傅皮卞齐康伍余元卜顾孟平黄和穆萧尹姚邵湛汪祁毛禹狄米贝明臧计伏成戴谈宋茅庞\
    熊纪舒屈项祝董梁杜阮蓝闵席季麻强贾路娄危江童颜郭梅盛林刁钟徐邱骆高夏蔡田樊胡凌霍虞万支柯昝管卢莫经房裘缪干解应宗丁宣贲邓郁单杭洪\
    包诸左石崔吉钮龚程嵇邢滑裴陆荣翁荀羊於惠甄曲家封芮羿储靳汲邴糜松井段富巫乌焦巴弓牧隗山谷车侯宓蓬全郗班仰秋仲伊宫宁仇栾暴甘钭厉戎\
    祖武符刘景詹束龙叶幸司韶郜黎蓟薄印宿白怀蒲邰从鄂索咸籍赖卓蔺屠蒙池乔阴郁胥能苍双闻莘党翟谭贡劳逄姬申扶堵冉宰郦雍却璩桑桂濮牛寿通\
    边扈燕冀郏浦尚农温别庄晏柴瞿阎充慕连茹习宦艾鱼容向古易慎戈廖庾终暨居衡步都耿满弘匡国文寇广禄阙东欧殳沃利蔚越夔隆师巩厍聂晁勾敖融\
    冷訾辛阚那简饶曾毋沙乜养鞠须丰巢关蒯相查荆红游竺权逯盖益桓\
    肖付闫代岳佟佘仝覃冼初谌涂楚迟战由原苑矫邸鹿牟谯年爱阳佴言仉沐兰但盘修占邝揭操展门宛栗亓隋丛刑辜戢尉晋商底银郄綦揣敬喇呼敦檀才帅苟\
    芦郐妥海淳来里丘缑粟阿区仵智滑柯蹇骞哈墨笪郇姒尧郸麦税荤靖绪愈硕牢买撒钦卿诺佐朴崇茶鄢隽付";

/// Surnames whose traditional form differs from the simplified one.
const TRADITIONAL: &str = "趙錢鄭馮陳衛蔣韓楊許呂張嚴華謝鄒竇雲蘇範魯韋馬鳳費賀湯羅畢鄔時齊蕭貝計談龐紀項顧黃藍閔賈婁顏鐘鍾駱萬盧經繆應賁鄧單諸鈕榮儲烏車鈄厲劉葉薊從賴\
    藺喬陰聞黨貢勞鄺酈邊溫莊閻連習魚豐關遊權歐師鞏聶簡饒養須譚樂龍塗遲戰滿國廣祿東龔陸孫陽郟鮑賓闞鄲";

/// Surnames that are above all other words; a line of two to four characters that begins with one of
/// them is not taken for a signature.
const RISKY: &str = "和水明时家全能别都从公相红国广通经利养双充终越权居容益须以由原来但修展门商底但海才满应向智税买撒钦佐年爱言占\
    初战代里区阿呼敬敦操银诺崇幸强那";

/// The most common surnames, which prove more than the others.
const COMMON_SURNAMES: &str = "王李张刘陈杨赵黄周吴徐孙胡朱林郭罗梁宋郑谢韩唐冯董萧曹袁邓傅沈曾彭吕苏卢蒋蔡贾丁魏薛叶阎潘杜戴夏钟汪田任姜范谭邹陆郝孔崔康毛邱秦顾侯邵孟钱尹黎贺龚";

/// Surnames that are other words besides: they count where an introduction or a label shows a name.
const RARE: &str = "楼赫亢况官豆信奉冶衣练植刀岩木母普旺哀";

/// Whether the text begins with one of the surnames that are other words besides.
pub(crate) fn is_rare(text: &str) -> bool {
    text.chars().next().is_some_and(|c| RARE.contains(c))
}

/// Surnames of two characters.
const COMPOUND: &[&str] = &[
    "欧阳", "太史", "端木", "上官", "司马", "东方", "独孤", "南宫", "万俟", "闻人", "夏侯", "诸葛", "尉迟",
    "公羊", "赫连", "澹台", "皇甫", "宗政", "濮阳", "公冶", "太叔", "申屠", "公孙", "慕容", "仲孙", "钟离",
    "长孙", "宇文", "司徒", "鲜于", "司空", "闾丘", "子车", "亓官", "司寇", "巫马", "公西", "颛孙", "壤驷",
    "公良", "漆雕", "乐正", "宰父", "谷梁", "拓跋", "夹谷", "轩辕", "令狐", "段干", "百里", "呼延", "东郭",
    "南门", "羊舌", "微生", "梁丘", "左丘", "东门", "西门", "南荣", "第五", "叶赫", "完颜", "纳兰", "爱新",
    "那拉", "富察", "佟佳", "哈斯", "耶律", "歐陽", "司馬", "東方", "諸葛", "聞人", "慕容", "鍾離", "長孫",
    "軒轅",
];

/// How many characters of the surname the text begins with: 2, 1 or 0.
pub(crate) fn surname_length(text: &str) -> usize {
    if COMPOUND.iter().any(|surname| text.starts_with(surname)) {
        return 2;
    }
    usize::from(text.chars().next().is_some_and(|c| SINGLE.contains(c) || TRADITIONAL.contains(c)))
}

/// Whether a character is one of the most common surnames.
pub(crate) fn is_common(c: char) -> bool {
    COMMON_SURNAMES.contains(c)
}

/// Whether the first character is a surname that is above all another word.
pub(crate) fn begins_riskily(text: &str) -> bool {
    surname_length(text) == 1 && text.chars().next().is_some_and(|c| RISKY.contains(c))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn compound_surnames_come_before_single_ones() {
        assert_eq!(surname_length("欧阳娜"), 2);
        assert_eq!(surname_length("欧娜"), 1);
        assert_eq!(surname_length("的确"), 0);
        assert_eq!(surname_length(""), 0);
    }
}
