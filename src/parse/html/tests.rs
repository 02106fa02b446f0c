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
        assert_eq!(to_text(html, usize::MAX).shown, expected, "{html}");
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

/// `〔密〕` stands where nobody sees it, `甲` and `乙` where everybody does.
#[test]
fn what_its_reader_does_not_see() {
    for html in [
        "甲<span style=\"display:none\">〔密〕</span>乙",
        "甲<span style='DISPLAY : None !important'>〔密〕</span>乙",
        "甲<span style=\"dis/**/play:inline;display:/* x */none\">〔密〕</span>乙",
        "甲<span style=\"d\\69splay:none\">〔密〕</span>乙",
        "甲<span style=\"display&#58;none\">〔密〕</span>乙",
        "甲<b style=\"display:none\">〔密〕</b>乙",
        "甲<b hidden>〔密〕</b>乙",
        "甲<div class=\"x\" hidden=\"\">〔密〕</div>乙",
        "甲<p style=\"visibility:hidden\">〔密〕</p>乙",
        "甲<i style=\"visibility:collapse\">〔密〕</i>乙",
        "甲<span style=\"font-size:0\">〔密〕</span>乙",
        "甲<span style=\"font-size:1px;line-height:1px\">〔密〕</span>乙",
        "甲<span style=\"font:0/0 a\">〔密〕</span>乙",
        "甲<span style=\"font-size:.01em\">〔密〕</span>乙",
        "甲<span style=\"opacity:0\">〔密〕</span>乙",
        "甲<span style=\"opacity:0.01\">〔密〕</span>乙",
        "甲<span style=\"filter:alpha(opacity=0)\">〔密〕</span>乙",
        "甲<span style=\"filter:opacity(0%)\">〔密〕</span>乙",
        "甲<template>〔密〕</template>乙",
        "甲<iframe>〔密〕</iframe>乙",
        "甲<dialog>〔密〕</dialog>乙",
        "甲<div style=\"position:absolute;left:-9999px\">〔密〕</div>乙",
        "甲<div style=\"position:fixed;top:-200vh\">〔密〕</div>乙",
        "甲<div style=\"margin-left:-5000px\">〔密〕</div>乙",
        "甲<div style=\"text-indent:-9999px\">〔密〕</div>乙",
        "甲<div style=\"transform:scale(0)\">〔密〕</div>乙",
        "甲<div style=\"transform:translateX(-9999px)\">〔密〕</div>乙",
        "甲<div style=\"max-height:0;overflow:hidden;mso-hide:all\">〔密〕</div>乙",
        "甲<div style=\"height:0px; overflow-y: hidden\">〔密〕</div>乙",
        "甲<div style=\"width:1px;height:1px;overflow:hidden\">〔密〕</div>乙",
        "甲<div style=\"position:absolute;clip:rect(0 0 0 0)\">〔密〕</div>乙",
        "甲<div style=\"position:absolute;clip:rect(1px, 1px, 1px, 1px)\">〔密〕</div>乙",
        "甲<div style=\"clip-path:inset(100%)\">〔密〕</div>乙",
        "甲<div style=\"clip-path:circle(0)\">〔密〕</div>乙",
        "甲<span style=\"color:white\">〔密〕</span>乙",
        "甲<font color=#FFFFFF>〔密〕</font>乙",
        "甲<span style=\"color:#fefefe\">〔密〕</span>乙",
        "甲<span style=\"color:transparent\">〔密〕</span>乙",
        "甲<span style=\"color:rgba(0,0,0,0)\">〔密〕</span>乙",
        "<body bgcolor=#003366 text=white>甲<font color=#003366>〔密〕</font>乙</body>",
        "<div style=\"background:rgb(0,0,0);color:#fff\">甲<span style=\"color:black\">〔密〕</span>乙</div>",
        "<style>.x{display:none}</style>甲<span class=\"a x\">〔密〕</span>乙",
        "<style>#y{visibility:hidden}</style>甲<div id=y>〔密〕</div>乙",
        "<style type='text/css'><!-- p.a, span.b{font-size:0!important} --></style>甲<span class=b style='font-size:14px'>〔密〕</span>乙",
        "<style>em{opacity:0}</style>甲<em>〔密〕</em>乙",
        "<style>@media screen{.x{display:none}}</style>甲<u class=x>〔密〕</u>乙",
        "<style>body .x{display:none}</style>甲<u class=x>〔密〕</u>乙",
        // Inside, whatever shows itself, and behind it what is seen.
        "甲<div hidden><div><p style=\"display:block\">〔密〕</p></div></div>乙",
        "甲<p hidden>〔密〕<p>乙",
    ] {
        let text = to_text(html, usize::MAX);
        assert_eq!(text.shown.replace('\n', ""), "甲乙", "{html}");
        assert_eq!(text.hidden.trim(), "〔密〕", "{html}");
    }
}

#[test]
fn what_its_reader_sees() {
    for html in [
        // Newsletters and editors set letters to nothing around what they show.
        "<td style=\"font-size:0\"><span style=\"font-size:14px\">甲乙</span></td>",
        "<div style=\"font-size:0px\"><p style=\"font:bold 12px sans-serif\">甲乙</p></div>",
        "<div style=\"visibility:hidden\"><b style=\"visibility:visible\">甲乙</b></div>",
        "<div style=\"line-height:0\">甲乙</div>",
        "<div style=\"font-size:12px;opacity:.9\">甲乙</div>",
        "<div style=\"font-size:50%\">甲乙</div>",
        "<div style=\"height:0\">甲乙</div>",
        "<div style=\"overflow:hidden;height:400px\">甲乙</div>",
        "<div style=\"overflow:hidden;width:100%\">甲乙</div>",
        "<div style=\"margin-left:-8px;text-indent:2em\">甲乙</div>",
        "<div style=\"position:relative;left:10px;top:0\">甲乙</div>",
        "<div style=\"transform:scale(1.0)\">甲乙</div>",
        "<span style=\"mso-hide:all\">甲乙</span>",
        "<span aria-hidden=true>甲乙</span>",
        "<span title=\"hidden\" class=\"hidden\">甲乙</span>",
        "<span data-x='a hidden b'>甲乙</span>",
        "<details><summary>甲</summary>乙</details>",
        "<noscript>甲乙</noscript>",
        "<dialog open>甲乙</dialog>",
        "<b hidden style=\"display:inline\">甲乙</b>",
        // White on something else.
        "<table bgcolor=navy><td><font color=white>甲乙</font></td></table>",
        "<td bgcolor=\"#336699\"><span style=\"color:#fff\">甲乙</span></td>",
        "<td background=\"x.png\"><span style=\"color:#fff\">甲乙</span></td>",
        "<div style=\"background:url(x.png);color:#fff\">甲乙</div>",
        "<div style=\"background:#000 url(x.png);color:#fff\">甲乙</div>",
        "<style>body{background:#222;color:#fff}</style><body>甲乙</body>",
        "<style>.dark td{background-color:#222}</style><table class=dark><td><font color=white>甲乙</font></td></table>",
        "<style>@media (prefers-color-scheme:dark){body{background:#000}}</style><p style=\"color:#fff\">甲乙</p>",
        "<span style=\"color:windowtext\">甲乙</span>",
        // Rules that are for others, or depend on more.
        "<style>@media print{.x{display:none}}</style><u class=x>甲乙</u>",
        "<style>@media (max-width:600px){.x{display:none}}</style><u class=x>甲乙</u>",
        "<style>.a .x{display:none} .x:hover{display:none} .x.y{display:none}</style><u class=x>甲乙</u>",
        "<style>.x{display:none}</style><u class=x style=\"display:inline\">甲乙</u>",
        "<style>.x{display:none} #z{display:inline}</style><u class=x id=z>甲乙</u>",
        "<!--[if mso]><style>p{display:none}</style><![endif]--><p>甲乙</p>",
        // What never ends would take the rest with it.
        "<div hidden>甲乙",
        "<span style=\"display:none\"><p>甲</p>乙",
    ] {
        let text = to_text(html, usize::MAX);
        assert_eq!(text.shown.replace('\n', ""), "甲乙", "{html}");
        assert_eq!(text.hidden, "", "{html}");
    }
    // One without an end does not show what another hides.
    let text = to_text("<p hidden>〔密〕</p>甲<div hidden>乙", usize::MAX);
    assert_eq!((text.shown.replace('\n', "").as_str(), text.hidden.as_str()), ("甲乙", "〔密〕"));
}

/// What the text looks like to its reader, kind by kind; the honest ones beside them.
#[test]
fn what_the_looks_of_a_text_say() {
    for (kind, html, expected) in [
        ("struck out", "应<s>当</s><u>可以</u>报名", "应〔删：当〕可以报名"),
        (
            "struck out",
            "<p>甲</p><p style='text-decoration: line-through red'>乙方案</p><p>丙</p>",
            "甲\n〔删：乙方案〕\n丙",
        ),
        (
            "struck out",
            "<style>.x{text-decoration-line:line-through}</style>期限<span class=x>十天</span>五天",
            "期限〔删：十天〕五天",
        ),
        ("struck out", "<del> </del>不动", "不动"),
        ("raised", "面积10<sup>4</sup>m<sup>2</sup>，注<sup>1</sup>", "面积10⁴m²，注1"),
        ("raised", "x<span style='vertical-align:super'>-1</span>", "x⁻¹"),
        ("raised", "3月<sup>st</sup>", "3月st"),
        (
            "font of pictures",
            "<font face=\"Wingdings\">n</font>减材料<span style='font-family:Wingdings'>J</span>",
            "•减材料☺",
        ),
        ("font of pictures", "<font face=\"Arial\">Jn</font>", "Jn"),
        ("emoji as a picture", "支持<img src=x alt='👏'>和<img alt='[赞]'>", "支持👏和[赞]"),
        ("emoji as a picture", "甲<img alt='logo'><img alt='[图片]'><img alt='图1'>乙", "甲乙"),
        ("line ends kept", "<p style='white-space:pre-line'>一\n二</p>三\n四", "一\n二\n三四"),
        ("line ends kept", "<style>.t{white-space:break-spaces}</style><div class=t>一\n二</div>", "一\n二"),
        (
            "line ends kept",
            "<div style='white-space:pre'>一\n<span style='white-space:normal'>二\n三</span></div>",
            "一\n二三",
        ),
        ("numbers of a list", "<ol><li value=5>甲<li>乙<li value=9>丙</ol>", "5. 甲\n6. 乙\n9. 丙"),
        ("numbers of a list", "<ol reversed><li>甲<li>乙<li>丙</ol>", "3. 甲\n2. 乙\n1. 丙"),
        ("numbers of a list", "<ol start=8 reversed><li>甲<li>乙</ol>", "8. 甲\n7. 乙"),
        ("where a link leads", "点<a href='https://a.example/1'>这里</a>看", "点这里 https://a.example/1看"),
        (
            "where a link leads",
            "<a href='https://a.example/?a=1&amp;b=2'>意见.docx</a>",
            "意见.docx https://a.example/?a=1&b=2",
        ),
        (
            "where a link leads",
            "见<a href='https://a.example/'>https://a.example/</a>",
            "见https://a.example/",
        ),
        ("where a link leads", "<a href='mailto:a@b.example'>写信</a>给我", "写信给我"),
        (
            "a form filled in",
            "<form>姓名：<input value='孟庆山'>电话：<input type=tel value=13611112222><input type=hidden value=x><input type=submit value='提交'></form>",
            "姓名：孟庆山电话：13611112222",
        ),
        (
            "a form filled in",
            "职业：<select><option>教师<option selected>农民<option>学生</select>意见：好",
            "职业：农民意见：好",
        ),
        (
            "a form filled in",
            "<label><input type=radio name=a> 同意</label><label><input type=radio name=a checked> 不同意</label>",
            "不同意",
        ),
        (
            "a form filled in",
            "<input id=p type=checkbox><label for=p>公开</label><br><input type=checkbox checked>匿名",
            "\n匿名",
        ),
        (
            "a form filled in",
            "<label for=q>甲方案</label><input id=q type=radio><br><label for=r>乙方案</label><input id=r type=radio checked>",
            "\n乙方案",
        ),
        ("a form filled in", "意见：<textarea>一\n二</textarea>", "意见：\n一\n二"),
    ] {
        assert_eq!(to_text(html, usize::MAX).shown, expected.trim_start_matches('\n'), "{kind}: {html}");
    }
    let elsewhere = to_text("<a href='https://a.example/doc?x=1&amp;y=2'>办事指南第二版</a>", usize::MAX);
    assert_eq!(
        (elsewhere.shown.as_str(), elsewhere.links),
        ("办事指南第二版", vec!["https://a.example/doc?x=1&y=2".to_owned()])
    );
}
