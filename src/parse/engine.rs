//! mail-parser as we use it.

use std::sync::LazyLock;

use mail_parser::{HeaderForm, HeaderName, MessageParser};

/// The MIME engine. Only the fields that shape the MIME tree are parsed by it; all others are taken raw, because
/// raw 8-bit, cut characters and wrong labels have to be mended before a field is parsed.
pub(super) static ENGINE: LazyLock<MessageParser> = LazyLock::new(|| {
    [
        HeaderName::Subject,
        HeaderName::Comments,
        HeaderName::ContentDescription,
        HeaderName::ContentLocation,
        HeaderName::ContentId,
        HeaderName::From,
        HeaderName::To,
        HeaderName::Cc,
        HeaderName::Bcc,
        HeaderName::ReplyTo,
        HeaderName::Sender,
        HeaderName::ResentTo,
        HeaderName::ResentFrom,
        HeaderName::ResentBcc,
        HeaderName::ResentCc,
        HeaderName::ResentSender,
        HeaderName::ResentDate,
        HeaderName::ResentMessageId,
        HeaderName::ListArchive,
        HeaderName::ListHelp,
        HeaderName::ListId,
        HeaderName::ListOwner,
        HeaderName::ListPost,
        HeaderName::ListSubscribe,
        HeaderName::ListUnsubscribe,
        HeaderName::Date,
        HeaderName::MessageId,
        HeaderName::References,
        HeaderName::InReplyTo,
        HeaderName::ReturnPath,
        HeaderName::Keywords,
        HeaderName::ContentLanguage,
        HeaderName::Received,
    ]
    .into_iter()
    .fold(MessageParser::new(), |parser, name| parser.header(name, HeaderForm::Raw))
});
