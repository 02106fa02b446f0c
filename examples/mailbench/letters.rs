//! Letters to a consultation as a mailbox has them: most are opinions of two to six kilobytes, some carry a file; beside them
//! replies, copies, machines, mail for others. Letter `n` of a seed is always the same, whatever was made before it.

use std::fmt::Write as _;

use fastrand::Rng;

use crate::support::encode::{Charset, Transfer, Words, beijing, header_text, instant, multipart, part};

/// The consultation of the example configuration.
pub(crate) const TITLE: &str =
    "辽宁省关于进一步优化政务服务提升行政效能推动“高效办成一件事”的工作方案（征求意见稿）";

/// How much an attached file holds.
const FILE_BYTES: usize = 50_000;

const PLACES: [&str; 24] = [
    "沈阳市和平区",
    "沈阳市铁西区",
    "大连市沙河口区",
    "大连市甘井子区",
    "鞍山市铁东区",
    "抚顺市顺城区",
    "本溪市平山区",
    "丹东市振兴区",
    "锦州市凌河区",
    "营口市站前区",
    "阜新市海州区",
    "辽阳市白塔区",
    "盘锦市兴隆台区",
    "铁岭市银州区",
    "朝阳市双塔区",
    "葫芦岛市龙港区",
    "瓦房店市",
    "庄河市",
    "海城市",
    "东港市",
    "凤城市",
    "凌海市",
    "北镇市",
    "开原市",
];
const MATTERS: [&str; 28] = [
    "新生儿出生登记",
    "灵活就业参保",
    "企业开办",
    "不动产登记",
    "水电气网联合报装",
    "医保异地就医备案",
    "公积金提取",
    "残疾人服务",
    "教育入学",
    "退休手续",
    "身后事办理",
    "社保卡申领",
    "居住证办理",
    "小餐饮许可",
    "药店开业",
    "工程竣工验收",
    "企业注销",
    "信用修复",
    "军人退役报到",
    "二手房过户",
    "养老待遇认证",
    "工伤认定",
    "车辆年检预约",
    "户口迁移",
    "生育津贴申领",
    "高龄津贴",
    "农机购置补贴",
    "职业资格证书领取",
];
const TROUBLES: [&str; 26] = [
    "要在三个窗口之间来回跑",
    "材料清单前后说法不一",
    "网上提交以后一直没有回音",
    "系统经常退出登录",
    "午休时间没有人值班",
    "电话打了一个上午没有接通",
    "同一张表要填四遍",
    "复印件被要求重新盖章",
    "叫号机只认身份证",
    "老年人看不清手机上的字",
    "照片上传总是提示格式不对",
    "办理时限写得不清楚",
    "窗口让我回原籍开证明",
    "进度查询只显示办理中",
    "邮寄来的证照地址写错了",
    "外地户口要多交两份材料",
    "自助机常常缺纸",
    "停车位太少",
    "大厅没有轮椅",
    "周末不能预约",
    "排队两个小时才轮到",
    "短信通知比办结晚了一周",
    "指引牌上的楼层是旧的",
    "两个部门互相推",
    "电子证照不被认可",
    "收费标准没有贴出来",
];
const WISHES: [&str; 26] = [
    "建议把表格合并成一张，数据由部门之间共享",
    "希望在午间安排人员轮流值班",
    "应当一次告知全部材料",
    "建议增设帮办代办窗口",
    "希望承认电子证照，不再收复印件",
    "建议把办理进度用短信逐步告知",
    "希望延长周末的服务时间",
    "建议在社区设自助终端",
    "应当公布每个事项的平均办结天数",
    "建议允许家属代为申请",
    "希望热线增加人工坐席",
    "建议把邮寄费用降下来",
    "应当把容缺受理的范围写进方案",
    "建议对超时办理的单位进行通报",
    "希望手机端保留填写到一半的内容",
    "建议为老年人保留纸质渠道",
    "希望跨省事项能够就近提交",
    "建议由首问的窗口负责到底",
    "应当给出不予受理的书面理由",
    "建议把好差评的结果公开",
    "希望把常见问题整理成一页纸",
    "建议取消没有依据的证明",
    "希望预约可以改期",
    "建议设置企业专员",
    "应当明确牵头部门",
    "建议每季度听取一次群众意见",
];
const CLAUSES: [&str; 6] = [
    "关于只进一门",
    "关于跨域办",
    "对方案第二部分",
    "关于线上一网通办",
    "对第三条",
    "关于高效办成一件事清单",
];
const SURNAMES: [&str; 16] =
    ["王", "李", "张", "刘", "陈", "杨", "赵", "黄", "周", "吴", "徐", "孙", "马", "朱", "胡", "林"];
const GIVEN: [&str; 16] = [
    "明", "小丽", "建国", "海波", "文静", "志远", "雪", "晓东", "玉兰", "德顺", "春燕", "立新", "桂芝",
    "浩然", "思雨", "国庆",
];
const OCCUPATIONS: [&str; 10] =
    ["教师", "农民", "工人", "医生", "律师", "学生", "公务员", "个体户", "退休", "企业职员"];

/// What a letter is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Kind {
    Opinion,
    /// One of the texts that many people send.
    Campaign,
    NearMiss,
    /// Goes on from the sender's own letter.
    Reply,
    /// The same words once more by the same sender.
    Repeated,
    /// The very bytes of an earlier letter.
    Copy,
    Machine,
    NotOurs,
}

impl Kind {
    /// Of a hundred letters, the same mixture in each hundred.
    const fn of(number: u64) -> Self {
        match number * 37 % 100 {
            0..=71 => Self::Opinion,
            72..=76 => Self::Campaign,
            77..=80 => Self::NearMiss,
            81..=84 => Self::Reply,
            85..=87 => Self::Repeated,
            88 | 89 => Self::Copy,
            90..=94 => Self::Machine,
            _ => Self::NotOurs,
        }
    }
}

/// One letter in its mailbox.
#[derive(Debug)]
pub(crate) struct Letter {
    pub(crate) raw: Vec<u8>,
    /// Seconds since 1970.
    pub(crate) arrival: i64,
}

struct Person {
    name: String,
    address: String,
    phone: String,
}

/// Letter `number`, counted from 1.
pub(crate) fn letter(seed: u64, number: u64) -> Letter {
    match Kind::of(number) {
        // An opinion lies at a distance that its kind has.
        Kind::Copy => letter(seed, before(number)),
        Kind::Repeated => written(seed, number, before(number)),
        _ => written(seed, number, number),
    }
}

/// The opinion that a copy or a reply goes back to; letter 100 and its like are opinions.
const fn before(number: u64) -> u64 {
    if number > 100 { number / 100 * 100 } else { 1_000_000_000_000 }
}

/// Letter `number` with the words and the sender of letter `of`.
fn written(seed: u64, number: u64, of: u64) -> Letter {
    let kind = Kind::of(number);
    let mut random = Rng::with_seed(seed.wrapping_mul(0x9E37_79B9_7F4A_7C15) ^ of);
    let person = person(&mut random, if kind == Kind::Reply { before(of) } else { of });
    let mut text = text(kind, &mut random, &person);
    let charset = match random.u8(0..100) {
        0..=24 => Charset::Gbk,
        25..=39 => Charset::Gb2312,
        40..=54 => Charset::Gb18030,
        _ => Charset::Utf8,
    };
    if kind == Kind::Reply {
        text.push_str(
            "\r\n在 2024年3月5日，<zwfw@ln.gov.cn> 写道：\r\n> 您的来信收悉。\r\n> 感谢您的参与。\r\n",
        );
    }
    // The days of the consultation, and a few letters after its end.
    let arrival = instant("2024-02-28T08:00:00") + random.i64(0..14 * 86_400 + 40_000);
    let file = kind == Kind::Opinion && random.u8(0..100) < 15;
    let mut raw = header(kind, &mut random, (number, of, arrival), &person, charset);
    raw.extend(body(&mut random, &text, charset, file));
    Letter { raw, arrival }
}

fn pick<T: Copy>(random: &mut Rng, items: &[T]) -> T {
    items[random.usize(..items.len())]
}

fn person(random: &mut Rng, of: u64) -> Person {
    Person {
        name: format!("{}{}", pick(random, &SURNAMES), pick(random, &GIVEN)),
        address: format!("c{of:07}@mail{:02}.example.com", of % 50),
        phone: format!("138{:08}", of % 100_000_000),
    }
}

fn sentence(random: &mut Rng) -> String {
    let (place, matter) = (pick(random, &PLACES), pick(random, &MATTERS));
    let (trouble, wish) = (pick(random, &TROUBLES), pick(random, &WISHES));
    match random.u8(0..4) {
        0 => format!("{}，{place}办理{matter}的时候{trouble}，{wish}。", pick(random, &CLAUSES)),
        1 => format!("我家住在{place}，去年为了{matter}，{trouble}。{wish}。"),
        2 => format!("{wish}，尤其是{matter}这样的事项。"),
        _ => format!("单位同事办{matter}也遇到过{trouble}的情况，{wish}，{}。", pick(random, &WISHES)),
    }
}

fn text(kind: Kind, random: &mut Rng, person: &Person) -> String {
    if kind == Kind::NotOurs {
        return format!("{}的暖气不热，已经联系物业多次，请尽快处理。\r\n", pick(random, &PLACES));
    }
    if kind == Kind::Machine {
        return "您好，我正在休假，来信已收到，回来后尽快答复。\r\n".to_owned();
    }
    // Thirty texts that go from hand to hand; a few words differ.
    let mut shared = Rng::with_seed(random.u64(0..30));
    let (source, count) = if kind == Kind::Campaign { (&mut shared, 8) } else { (&mut *random, 0) };
    let count = if count == 0 { source.usize(3..16) } else { count };
    let mut points = String::new();
    for number in 1..=count {
        let _ = write!(points, "{number}．{}\r\n", sentence(source));
    }
    let occupation = pick(random, &OCCUPATIONS);
    format!(
        "您好：\r\n看了公布的方案，提出以下意见：\r\n{points}\r\n姓名：{}\r\n职业：{occupation}\r\n联系电话：{}\r\n\r\n此致\r\n敬礼！\r\n",
        person.name, person.phone
    )
}

fn header(
    kind: Kind,
    random: &mut Rng,
    (number, of, arrival): (u64, u64, i64),
    person: &Person,
    charset: Charset,
) -> Vec<u8> {
    let tag = format!("《{TITLE}》意见建议");
    let subject = match kind {
        Kind::NearMiss => "关于高效办成一件事工作方案的建议".to_owned(),
        Kind::NotOurs => "关于供暖问题的投诉".to_owned(),
        Kind::Machine => format!("自动回复: {tag}"),
        Kind::Reply => format!("回复：{tag}"),
        _ if random.u8(0..3) == 0 => tag.replace('（', "(").replace('）', ")"),
        _ => tag,
    };
    let words = pick(random, &[Words::Base64, Words::Base64, Words::Quoted, Words::CutAnywhere, Words::Raw]);
    let mut raw = format!(
        "Return-Path: <{address}>\r\nReceived: from mail.example.com (mail.example.com [192.0.2.7])\r\n by mx.ln.gov.cn (Postfix) with ESMTPS id {of:X};\r\n {}\r\n\
         Date: {}\r\nMessage-ID: <{number}.{of}@mail.example.com>\r\nTo: <zwfw@ln.gov.cn>\r\nMIME-Version: 1.0\r\n",
        beijing(arrival),
        beijing(arrival - 5),
        address = person.address
    )
    .into_bytes();
    match kind {
        Kind::Machine => raw.extend(b"Auto-Submitted: auto-replied\r\n"),
        Kind::Reply => {
            let of = before(of);
            raw.extend(format!("In-Reply-To: <{of}.{of}@mail.example.com>\r\nReferences: <{of}.{of}@mail.example.com>\r\n").bytes());
        }
        _ => {}
    }
    raw.extend(b"From: ");
    raw.extend(header_text(&person.name, charset, Words::Base64));
    raw.extend(format!(" <{}>\r\nSubject: ", person.address).bytes());
    raw.extend(header_text(&subject, charset, words));
    raw.extend(b"\r\n");
    raw
}

fn body(random: &mut Rng, text: &str, charset: Charset, file: bool) -> Vec<u8> {
    let transfer = pick(random, &[Transfer::Base64, Transfer::QuotedPrintable, Transfer::EightBit]);
    let (label, boundary) = (charset.label(), format!("----=_Part_{:x}", random.u32(..)));
    let plain = part(&format!("text/plain; charset=\"{label}\""), transfer, &charset.encode(text));
    if file {
        let content: Vec<u8> = std::iter::repeat_with(|| random.u8(..)).take(FILE_BYTES).collect();
        let mut attached =
            b"Content-Disposition: attachment; filename*=UTF-8''%E6%84%8F%E8%A7%81.docx\r\n".to_vec();
        attached.extend(part("application/octet-stream", Transfer::Base64, &content));
        return multipart("mixed", &boundary, &[plain, attached]);
    }
    if random.u8(0..3) > 0 {
        return plain;
    }
    let lines = text.replace("\r\n", "</div>\r\n<div>");
    let page = format!("<html><head><title></title></head><body><div>{lines}</div></body></html>\r\n");
    let html = part(&format!("text/html; charset={label}"), transfer, &charset.encode(&page));
    multipart("alternative", &boundary, &[plain, html])
}
