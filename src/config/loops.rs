//! Whether an alert would come back as a letter.

use super::alert::AlertSettings;
use super::settings::{AcknowledgementSettings, MailboxSettings, Transport};
use crate::vocabulary::{Consultation, same_address};

/// What is wrong with who is to be told, beside the rest of the configuration.
pub(super) fn loops(
    alert: &AlertSettings,
    mailbox: &MailboxSettings,
    acknowledgement: &AcknowledgementSettings,
    consultations: &[Consultation],
) -> Option<&'static str> {
    let mail = alert.mail.as_deref()?;
    let offices = consultations.iter().flat_map(|consultation| &consultation.office_addresses);
    let mut ours =
        offices.map(String::as_str).chain(mailbox.login_name()).chain([acknowledgement.from.as_str()]);
    if ours.any(|own| same_address(own, mail)) {
        return Some(
            "is an address of this office's mailbox: an alert would come back as a letter; name a person's",
        );
    }
    (!matches!(acknowledgement.transport, Transport::Smtp(_)))
        .then_some("needs acknowledgement.transport = \"smtp\": the alert leaves by the same server")
}
