use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use encoding_rs::{BIG5, EUC_JP, EUC_KR, GB18030, KOI8_R, SHIFT_JIS, WINDOWS_1251, WINDOWS_1252};

use super::*;

fn gbk(text: &str) -> Vec<u8> {
    GB18030.encode(text).0.into_owned()
}

fn b64(charset: &str, bytes: &[u8]) -> String {
    format!("=?{charset}?B?{}?=", STANDARD.encode(bytes))
}

fn read(text: &str) -> Decoded {
    Decoded { text: text.to_owned(), ..Decoded::default() }
}

fn mended(text: &str) -> Decoded {
    Decoded { repaired: true, ..read(text) }
}

#[test]
fn a_character_cut_between_two_words_is_whole() {
    for (charset, bytes) in [("utf-8", "服务提升".as_bytes().to_vec()), ("gb2312", gbk("服务提升"))] {
        for cut in 1..bytes.len() {
            let (left, right) = bytes.split_at(cut);
            for between in [" ", "\r\n ", "\r\n\t ", "", "\t"] {
                let value = format!("{}{between}{}", b64(charset, left), b64(charset, right));
                assert_eq!(decode_header(value.as_bytes(), None), read("服务提升"), "{value:?}");
                let bare = value.replace("=?=", "?=").replace("=?=", "?=").replace("=?=", "?=");
                assert_eq!(decode_header(bare.as_bytes(), None).text, "服务提升", "{bare:?}");
            }
        }
    }
}

/// Every two-character name, of frequent characters, in raw GBK: the case that a plain UTF-8 test gets wrong.
#[test]
fn names_of_two_characters_in_raw_gbk() {
    let surnames = "王李张刘陈杨黄赵吴周徐孙马朱胡郭何高林罗郑梁谢宋唐许韩冯邓曹彭曾肖田董袁潘于蒋蔡余杜叶程苏魏吕丁任沈姚卢姜崔钟谭陆汪范金石廖贾夏韦付方白邹孟熊秦邱江尹薛闫段雷侯龙史陶黎贺顾毛郝龚邵万钱严覃武戴莫孔向汤联通";
    let given = "伟芳娜敏静丽强磊军洋勇艳杰涛明超秀霞平刚桂英华玉萍红鹏宇辉婷浩雪琳鑫波斌莉倩通喆堃镕";
    for surname in surnames.chars() {
        for name in given.chars() {
            let text = format!("{surname}{name}");
            assert_eq!(decode_header(&gbk(&text), None), mended(&text));
            assert_eq!(decode_body(&gbk(&text), Some("gb2312")), read(&text));
            assert_eq!(decode_body(text.as_bytes(), Some("gb2312")), mended(&text));
        }
    }
}

/// What is declared and strictly valid is UTF-8, in whatever script; but what nobody writes in any is a Chinese name all
/// the same: the mail goes to a Chinese office.
#[test]
fn names_in_gbk_labelled_utf8() {
    for text in ["张三", "郑伟", "王小明", "建议", "支"] {
        assert_eq!(decode_body(&gbk(text), Some("utf-8")), mended(text));
    }
    for text in ["Привет", "Ελλάς", "café", "naïve", "päivää", "§ 3 · ±", "он", "лӢ"] {
        assert_eq!(decode_body(text.as_bytes(), Some("utf-8")), read(text));
    }
}

#[test]
fn labels_that_mean_gb() {
    for label in "gb2312|GBK|gb18030|x-gbk|ms936|cp936|ansi936|euc-cn|gb_2312-80|chinese|gb2312\"|'gbk'|\
             gb2312 |GB2312*zh-cn|windows-936"
        .split('|')
    {
        assert_eq!(decode_body(&gbk("镕喆堃𠮷€意见"), Some(label)), read("镕喆堃𠮷€意见"), "{label}");
    }
    for label in
        ["", "default", "unknown", "x-nobody", "us-ascii", "iso-8859-1", "utf-8", "koi8-r", "windows-1251"]
    {
        assert_eq!(
            decode_body(&gbk("建议增加长辈模式，谢谢"), Some(label)),
            mended("建议增加长辈模式，谢谢"),
            "{label}"
        );
    }
}

#[test]
fn other_countries_under_their_own_labels() {
    let cases: [(&str, Vec<u8>, &str); 9] = [
        (
            "windows-1252",
            WINDOWS_1252.encode("Café größer naïve über Ärger").0.into_owned(),
            "Café größer naïve über Ärger",
        ),
        ("iso-8859-1", WINDOWS_1252.encode("Müller").0.into_owned(), "Müller"),
        (
            "koi8-r",
            KOI8_R.encode("Привет, это моё предложение").0.into_owned(),
            "Привет, это моё предложение",
        ),
        ("koi8-r", KOI8_R.encode("Привет").0.into_owned(), "Привет"),
        (
            "windows-1251",
            WINDOWS_1251.encode("предложение по закону").0.into_owned(),
            "предложение по закону",
        ),
        ("euc-kr", EUC_KR.encode("의견을 제출합니다").0.into_owned(), "의견을 제출합니다"),
        ("shift_jis", SHIFT_JIS.encode("田中").0.into_owned(), "田中"),
        ("shift_jis", SHIFT_JIS.encode("意見を提出します").0.into_owned(), "意見を提出します"),
        ("euc-jp", EUC_JP.encode("意見を提出します").0.into_owned(), "意見を提出します"),
    ];
    for (label, bytes, text) in cases {
        assert_eq!(decode_body(&bytes, Some(label)), read(text), "{label}");
    }
    for text in ["café", "naïve – “quoted” text…", "Привет", "Ωμέγα"] {
        assert_eq!(decode_body(text.as_bytes(), Some("utf-8")), read(text));
    }
    for text in ["café", "a naïve – “quoted” text…", "😀 ok"] {
        assert_eq!(decode_body(text.as_bytes(), None), mended(text));
    }
}

#[test]
fn big5_where_it_is_and_where_it_is_not() {
    let text = "建議增加長者模式，字體放大，謝謝貴局。";
    let big5 = BIG5.encode(text).0.into_owned();
    assert_eq!(decode_body(&big5, Some("big5")), read(text));
    assert_eq!(decode_body(&big5, None), mended(text));
    assert_eq!(decode_body(text.as_bytes(), Some("big5")), mended(text));
    for text in ["建议增加长辈模式，谢谢", "关于进一步优化政务服务的意见建议"] {
        assert_eq!(decode_body(&gbk(text), Some("big5")), mended(text));
    }
}

#[test]
fn one_broken_byte_of_big5_costs_one_character() {
    let mut bytes = BIG5.encode("第一點：建議增加長者模式\n第二點：字體放大，謝謝貴局\n").0.into_owned();
    bytes[8] = 0xff;
    let decoded = decode_body(&bytes, Some("big5"));
    assert!(decoded.lossy && decoded.text.contains("長者模式\n第二點：字體放大，謝謝貴局"), "{decoded:?}");
    // Short, and without a label.
    for text in ["建議增加長者模式", "您好，請延長服務時間", "贊成草案，謝謝"] {
        assert_eq!(decode_body(&BIG5.encode(text).0, None), mended(text));
    }
    for text in ["建议增加长者模式", "您好，请延长服务时间", "支持", "許議廳長", "喆镕堃"]
    {
        assert_eq!(decode_body(&gbk(text), None), mended(text));
    }
}

#[test]
fn accents_under_their_label_are_no_hanzi() {
    for text in ["Töö Kööki", "Noël Söör", "Zoëë"] {
        assert_eq!(decode_body(&WINDOWS_1252.encode(text).0, Some("windows-1252")), read(text));
    }
    for text in ["I support it. See § 3, item 2 · second line, ± 3 days.", "Objection to § 12"] {
        assert_eq!(decode_body(text.as_bytes(), Some("utf-8")), read(text));
        for label in [None, Some("us-ascii"), Some("windows-1252"), Some("x-nobody")] {
            assert_eq!(decode_body(text.as_bytes(), label), mended(text), "{label:?}");
        }
    }
}

#[test]
fn utf16_in_the_order_that_makes_sense() {
    let text = "建议延长服务时间。\n姓名：乔远航";
    let bytes = |order: fn(u16) -> [u8; 2]| text.encode_utf16().flat_map(order).collect::<Vec<u8>>();
    assert_eq!(decode_body(&bytes(u16::to_be_bytes), Some("utf-16")), read(text));
    assert_eq!(decode_body(&bytes(u16::to_le_bytes), Some("utf-16le")), read(text));
    for label in ["utf-16", "UTF16", "unicode", "utf-16be"] {
        assert_eq!(decode_body(&bytes(u16::to_le_bytes), Some(label)), mended(text), "{label}");
        assert_eq!(decode_body(text.as_bytes(), Some(label)), mended(text), "{label}");
        assert_eq!(decode_body(&gbk(text), Some(label)), mended(text), "{label}");
    }
}

#[test]
fn words_that_shift_are_words_of_their_own() {
    let word = |text: &str| b64("iso-2022-jp", &encoding_rs::ISO_2022_JP.encode(text).0);
    let value = format!("{}\r\n {}", word("高橋"), word("花子"));
    assert_eq!(decode_header(value.as_bytes(), None), read("高橋花子"));
    assert_eq!(decode_header(b"=?hz-gb-2312?Q?~{<{~}?= =?hz-gb-2312?Q?~{<{~}?=", None).text, "见见");
}

#[test]
fn words_that_hold_folds_or_words() {
    let folded = b"=?GB2312?Q?Re: [=D2=E2=BC=FB]\r\n\t=D2=E2?= ok";
    assert_eq!(decode_header(folded, None).text, "Re: [意见]意 ok");
    assert_eq!(decode_header(b"=?utf-8?Q?=E6=84\r\nX: y", None).text, "=?utf-8?Q?=E6=84 X: y");
    let inner = b64("utf-8", "《草案》意见建议".as_bytes());
    let outer = b64("us-ascii", inner.as_bytes());
    assert_eq!(decode_header(outer.as_bytes(), None), mended("《草案》意见建议"));
    // No further than that.
    let third = b64("us-ascii", outer.as_bytes());
    assert_eq!(decode_header(third.as_bytes(), None).text, inner);
}

#[test]
fn ends_of_lines_that_are_none_of_mail() {
    assert_eq!(decode_body("一\u{b}二\u{85}三\u{c}四\u{2028}五".as_bytes(), None).text, "一\n二\n三\n四\n五");
    assert_eq!(decode_header("一\u{b}二".as_bytes(), None).text, "一 二");
}

#[test]
fn seven_bits() {
    assert_eq!(decode_body(b"~{<{<{~}", Some("hz-gb-2312")).text, "见见");
    assert_eq!(decode_body(b"ab ~{<{<{~} cd ~~", None), mended("ab 见见 cd ~"));
    assert_eq!(decode_body(b"ab ~{<{< ~} ~{c~", None), read("ab ~{<{< ~} ~{c~"));
    assert_eq!(decode_body(b"\x1b$)A\x0eRb<{\x0f ok", Some("iso-2022-cn")), read("意见 ok"));
    assert_eq!(decode_body(b"\x1b$B0U8+\x1b(B ok", Some("iso-2022-jp")), read("意見 ok"));
    assert_eq!(decode_body(b"+YQ+JwQ- ok", Some("utf-7")), read("意见 ok"));
    assert_eq!(decode_body(b"+YQ+JwQ- ok", None), read("+YQ+JwQ- ok"));
    assert_eq!(decode_body(b"plain", Some("nonsense")), read("plain"));
}

#[test]
fn losses_are_told_and_small() {
    let mut bytes = "建议增加长辈模式，字体放大，并支持语音办事。".as_bytes().to_vec();
    bytes[9] = 0xff;
    for label in [Some("utf-8"), None, Some("gb2312")] {
        let decoded = decode_body(&bytes, label);
        assert!(
            decoded.lossy && decoded.text.ends_with("长辈模式，字体放大，并支持语音办事。"),
            "{decoded:?}"
        );
    }
    let mut cut = gbk("建议增加长辈模式");
    cut.pop();
    let decoded = decode_body(&cut, Some("gbk"));
    assert!(decoded.lossy && !decoded.repaired && decoded.text.starts_with("建议增加长辈模"), "{decoded:?}");
}

#[test]
fn words_as_they_occur() {
    for (value, text) in [
        ("=?gb2312?B?0uK8+w==?=", "意见"),
        ("=?gb2312?B?0uK8+w?=", "意见"),
        ("=?gb2312?B?0uK8+w==", "意见"),
        ("=?gb2312?B?0u K8 +w==?=", "意见"),
        ("=?gb2312?b?0uK8+w==?= : =?GB2312?q?=D2=e2?=", "意见 : 意"),
        ("=?gb2312?Q?=D2=E2_a b?=", "意 ab".replace("ab", "a b").as_str()),
        ("=?utf-8?Q?=E6=84=8F?=?=", "意?="),
        ("=?utf-8*zh?Q?=E6=84=8F?=", "意"),
        ("=?\"utf-8\"?Q?=E6=84=8F?=", "意"),
        ("a =?utf-8?Q?=E6=84=8F?=b", "a 意b"),
        ("=?x?=", "=?x?="),
        ("=? ?", "=? ?"),
        ("==?utf-8?Q?a?==", "=a="),
        ("=?utf-8?X?abc?=", "=?utf-8?X?abc?="),
        ("50%=?", "50%=?"),
    ] {
        assert_eq!(decode_header(value.as_bytes(), None).text, text, "{value}");
    }
    assert_eq!(decode_header("=??B?0uK8+w==?=".as_bytes(), None), mended("意见"));
    assert_eq!(decode_header(b" a\r\n b\r\n\tc \x00\x07\x7f\r\n", None), read("a b c"));
    assert_eq!(decode_header("=?utf-8?Q?a=0D=0ABcc:_x=00?=".as_bytes(), None).text, "a Bcc: x");
}

#[test]
fn skeletons_of_what_a_reader_calls_the_same() {
    let one = skeleton("《江右省“高效办成一件事”的工作方案（征求意见稿）》意见建议 ＡＢＣ１２３");
    assert_eq!(one, "江右省高效办成一件事的工作方案征求意见稿意见建议abc123");
    assert_eq!(
        skeleton("江右省 \u{200b}高效\u{202e}办成\u{feff}一件事\u{3000}，、。"),
        "江右省高效办成一件事"
    );
    assert_eq!(skeleton("①②⑩ Ⅳ ㈱ ﬁ"), "1210iv株fi");
    assert_eq!(skeleton("？！……—"), "");
}

#[test]
fn what_another_program_lost_is_not_read_as_hanzi() {
    for label in [None, Some("gb2312"), Some("us-ascii")] {
        let decoded = decode_body("\u{fffd}\u{fffd}\u{fffd} ok".as_bytes(), label);
        assert_eq!(
            (decoded.text.as_str(), decoded.lossy),
            ("\u{fffd}\u{fffd}\u{fffd} ok", false),
            "{label:?}"
        );
    }
}

#[test]
fn many_broken_bytes_are_read_at_once() {
    // "fox " without a label is base64 to look at; what it stands for is broken at every other byte.
    let bytes = b"\xb6\x17\x8a\xe9\xc8\xa6\xb9\xb6\xe7\x0a".repeat(30_000);
    for label in [None, Some("utf-8"), Some("gbk"), Some("big5")] {
        let decoded = decode_body(&bytes, label);
        assert!(decoded.lossy && decoded.text.chars().count() > 150_000, "{label:?}");
    }
}
