//! What both lanes work with.

use std::sync::Arc;

use tokio::sync::Notify;

use super::SharedStore;
use crate::config::{AcknowledgementSettings, Limits, Settings, Transport};
use crate::parse::ParseLimits;
use crate::ruling::Rules;
use crate::world::{Home, World};

/// What a lane works with.
#[derive(Debug, Clone)]
pub struct Lane {
    /// The record.
    pub store: SharedStore,
    /// Rules, answers and limits.
    pub config: Arc<LaneConfig>,
    /// Clock, randomness, the stop signal.
    pub world: World,
    /// Where the store is now.
    pub here: Arc<Home>,
    /// Told by the COMMIT of a batch with letters that are filed: their answers are due now.
    pub filed: Arc<Notify>,
}

/// What the lanes need of the configuration: made once, the same for every message.
#[derive(Debug)]
pub struct LaneConfig {
    /// The consultations, compiled.
    pub rules: Arc<Rules>,
    pub(super) acknowledgement: AcknowledgementSettings,
    pub(super) own_addresses: Vec<String>,
    pub(super) limits: Limits,
    /// Whether anything is answered in this run; else each answer is withheld as `no_answer`.
    pub(super) answers: bool,
}

impl LaneConfig {
    /// Prepares for a configuration.
    pub fn new(settings: &Settings) -> Self {
        let acknowledgement = settings.acknowledgement.clone();
        let mut own_addresses = vec![acknowledgement.from.clone()];
        own_addresses.extend(settings.mailbox.login_name().map(ToOwned::to_owned));
        own_addresses.extend(settings.consultations.iter().flat_map(|c| c.office_addresses.clone()));
        own_addresses.retain(|address| !address.is_empty());
        Self {
            rules: Rules::new(&settings.consultations, &settings.mailbox.trusted_received_hosts)
                .trusting(&settings.mailbox.trusted_authserv_ids)
                .with_internaldate_as_arrival(settings.mailbox.internaldate_is_arrival)
                .taking(settings.acknowledgement.caps.per_submission)
                .into(),
            acknowledgement,
            own_addresses,
            limits: settings.limits,
            answers: true,
        }
    }

    /// The same, and nobody is answered: who imports old letters may not want that.
    #[must_use]
    pub fn answering(self, answers: bool) -> Self {
        Self { answers, ..self }
    }

    /// Whether answers leave the machine.
    pub(super) const fn leaves(&self) -> bool {
        matches!(self.acknowledgement.transport, Transport::Smtp(_))
    }

    /// How much of a message is read.
    pub(super) const fn parse_limits(&self) -> ParseLimits {
        ParseLimits {
            text_bytes: self.limits.text_bytes,
            header_bytes: self.limits.header_bytes,
            attachments: self.limits.attachments,
            keep_files: false,
        }
    }
}
