//! mail-parser as we use it.

use std::sync::LazyLock;

use mail_parser::{HeaderForm, MessageParser};

/// The fields that the engine would parse, but for those of MIME's structure.
const RAW_FIELDS: &str = "subject comments content-description content-location content-id from to cc bcc reply-to sender \
    resent-to resent-from resent-bcc resent-cc resent-sender resent-date resent-message-id list-archive list-help list-id \
    list-owner list-post list-subscribe list-unsubscribe date message-id references in-reply-to return-path keywords \
    content-language received";

/// The MIME engine. Only the fields that shape the MIME tree are parsed by it; all others are taken raw, because
/// raw 8-bit, cut characters and wrong labels have to be mended before a field is parsed.
pub(super) static ENGINE: LazyLock<MessageParser> = LazyLock::new(|| {
    let fields = RAW_FIELDS.split_whitespace();
    fields.fold(MessageParser::new(), |parser, name| parser.header(name, HeaderForm::Raw))
});
