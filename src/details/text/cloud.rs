//! Attachments that stay in a provider's store and expire: 超大附件, 云附件, network disks.

use std::sync::LazyLock;

use crate::vocabulary::Regex;

use crate::details::text::fold::is_han;
use crate::details::text::line::Line;
use crate::details::text::topics::Topic;

static LINK: LazyLock<Regex> = LazyLock::new(|| {
    Regex::new(
        r"(?i)mail\.qq\.com/(?:cgi-bin/)?ftn|wx\.mail\.qq\.com/ftn|ftnExs_download|exmail\.qq\.com/(?:cgi-bin/)?ftn|(?:mail|wmsvr|u|fs|dashi)\.163\.com/(?:large|filehub|html/cloud|t/|.{0,20}(?:netfolder|large-attachment|cloudatt))|mail\.(?:163|126|yeah)\.(?:com|net)/large-attachment|u\.163\.com/|pan\.baidu\.com/|yun\.baidu\.com/|weiyun\.com/|(?:aliyundrive|alipan)\.com/s|cloud\.189\.cn/|(?:caiyun|yun)\.139\.com/|cowtransfer\.com/|wenshushu\.cn/|pan\.quark\.cn/|lanzou[a-z]?\.com/|123pan\.com/|drive\.uc\.cn/|pan\.xunlei\.com/|115\.com/s|kdocs\.cn/|docs\.qq\.com/",
    )
    .expect("a constant pattern")
});

static NOTE: LazyLock<Regex> = LazyLock::new(|| {
    Regex::new(r"从[^,。]{0,12}邮箱发来的(?:超大|云)附件|^\s*(?:超大附件|云附件|网易超大附件|来自.{0,12}的?(?:超大附件|云附件))|(?:进入下载页面|点击下载|立即下载)\s*:?\s*(?:http|$)|到期\)\s*进入下载页面")
        .expect("a constant pattern")
});

/// Whether a line belongs to such an attachment.
pub(crate) fn is_cloud_line(line: &Line<'_>) -> bool {
    line.topics.has(Topic::Cloud)
        && line.text.len() <= 4000
        && (LINK.is_match(line.text) && is_mostly_link(line.text) || NOTE.is_match(line.text))
}

/// A sentence that holds a link is a sentence.
fn is_mostly_link(text: &str) -> bool {
    text.chars().filter(|c| is_han(*c)).count() <= 24
}

/// The line that shows such an attachment.
pub(crate) fn evidence<'a>(lines: &[Line<'a>]) -> Option<(usize, &'a str)> {
    lines
        .iter()
        .find(|line| line.topics.has(Topic::Cloud) && (LINK.is_match(line.text) || NOTE.is_match(line.text)))
        .map(|line| (line.number, line.raw))
}
