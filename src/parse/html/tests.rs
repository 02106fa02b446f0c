use super::*;

#[test]
fn layout() {
    for (html, expected) in [
        ("<p>一</p><p>二</p>", "一\n二"),
        ("一<br>二<br><br>三", "一\n二\n\n三"),
        ("<div>一</div><div><br></div><div>二</div>", "一\n\n二"),
        (
            "<table><tr><td>姓名</td><td>张三</td></tr><tr><td>职业</td><td></td><td>x</td></tr></table>",
            "姓名\t张三\n职业\t\tx",
        ),
        (
            "<table><tr><td><p>姓名</p></td>\n<td><p><span>张三</span></p></td></tr></table>后",
            "姓名\t张三\n后",
        ),
        ("<ol><li>一<li>二</ol><ul><li>三</ul>", "1. 一\n2. 二\n• 三"),
        ("建议\n增加 a\nb", "建议增加 a b"),
        ("&nbsp;&nbsp;你好&#12290;&#x3002;&hellip;&amp;amp;&nosuch;&", "  你好。。…&amp;&nosuch;&"),
        ("<head><title>x</title><style>p{}</style></head><body>正文<script>1<2</script></body>", "正文"),
        ("<style>p { color: red }<p>没有结束", "p { color: red }\n没有结束"),
        ("a < b <!-- x --> c <!-- d", "a < b c d"),
        ("<blockquote>引<blockquote>深</blockquote>用</blockquote>己", "> 引\n> > 深\n> 用\n己"),
        ("己<blockquote style=\"margin-left: 40px\">缩进</blockquote>己", "己\n缩进\n己"),
        ("己<BLOCKQUOTE dir=ltr style=\"MARGIN-RIGHT: 0px\">缩进</BLOCKQUOTE>", "己\n缩进"),
        (
            "己<blockquote style=\"margin:0 0 0 .8ex;border-left:1px #ccc solid;padding-left:1ex\">引</blockquote>",
            "己\n> 引",
        ),
        (
            "己<blockquote style=\"border:none;border-left:solid 1pt;margin-left:4.8pt\">引</blockquote>",
            "己\n> 引",
        ),
        ("己<blockquote type=\"cite\" style=\"margin-left:40px\">引</blockquote>", "己\n> 引"),
        (
            "己<div class=\"gmail_quote gmail_x\"><div>在…写道：</div>引</div><div>后</div>",
            "己\n> 在…写道：\n> 引\n后",
        ),
        ("<pre>a\n  b</pre>", "a\n  b"),
        ("<a title=\"x>y\" href=z>链接</a>", "链接"),
        ("<a title=\"x>链接</a>", "链接"),
        ("<p>-- <br>签名</p>", "--\n签名"),
        ("<p>--&nbsp;<br>签名</p>", "-- \n签名"),
    ] {
        assert_eq!(to_text(html, usize::MAX), expected, "{html}");
    }
}

#[test]
fn charset_of_a_page() {
    assert_eq!(declared_charset(b"<html><META CHARSET=\"gbk\">").as_deref(), Some("gbk"));
    assert_eq!(
        declared_charset(b"<meta http-equiv=Content-Type content=\"text/html; charset=gb2312\">").as_deref(),
        Some("gb2312")
    );
    assert_eq!(declared_charset(b"<p>charset=gbk"), None);
}
