//! What a replay works with.

use std::collections::{HashMap, HashSet};

use crate::lane::LaneConfig;
use crate::lane::intake::record::Prepared;
use crate::parse::Message;
use crate::ruling::Reading;
use crate::store::{Kept, Original, StoreError, Writing};
use crate::vocabulary::sender_key;
use crate::world::World;

/// Which messages, and whether to change anything.
#[derive(Debug)]
pub(crate) struct Request {
    /// Only these submissions with their supplements; empty: all.
    pub(crate) numbers: Vec<String>,
    /// Only this consultation; what is in quarantine is looked at all the same, for nobody knows yet whose it is.
    pub(crate) consultation: Option<String>,
    pub(crate) apply: bool,
    /// Whether more came of the letters: their answers are decided anew.
    pub(crate) grew: bool,
    /// Who asks, for the event log.
    pub(crate) actor: String,
}

pub(super) type Result<T> = std::result::Result<T, StoreError>;

/// The record, the scratch store, and what fills it.
pub(super) struct Replay<'a> {
    pub(super) config: &'a LaneConfig,
    pub(super) request: &'a Request,
    pub(super) world: &'a World,
    /// The record; written to only where that is asked for.
    pub(super) real: &'a Writing<'a>,
    pub(super) scratch: Writing<'a>,
    /// Where only some numbers are asked for.
    pub(super) near: &'a mut Near,
}

/// What was taken over by now of what bears on the numbers that are asked for.
#[derive(Debug, Default)]
pub(super) struct Near {
    /// Whether only some messages are ruled on, so that the others are to be looked for.
    pub(super) is_sought: bool,
    /// Submissions that bear on something: what comes to them later does too.
    pub(super) submissions: HashSet<i64>,
    /// Sender → the message up to which his mail was looked at.
    pub(super) senders: HashMap<String, i64>,
    /// The message up to which everything was looked at.
    pub(super) reached: i64,
}

/// One message with everything that was read of it.
#[derive(Clone, Copy)]
pub(super) struct Look<'a> {
    pub(super) id: i64,
    pub(super) kept: &'a Kept,
    pub(super) original: &'a Original,
    pub(super) prepared: &'a Prepared,
    pub(super) message: &'a Message,
    pub(super) reading: &'a Reading,
}

impl Look<'_> {
    pub(super) fn sender(self) -> String {
        sender_key(self.message.author().map_or("", |author| author.address.as_str()))
    }
}
