//! Words for who writes.

use super::enums::words;

words! {
    /// As whom somebody writes: counted for reports.
    Proposer: "proposer" {
        /// One person.
        Individual = "individual",
        /// An organisation.
        Organization = "organization",
        /// Several people who sign.
        Joint = "joint",
        /// Somebody who asks not to be named.
        Anonymous = "anonymous",
        /// Somebody who does not say who he is.
        Unnamed = "unnamed",
    }
}

words! {
    /// What kind of sender wrote (`submission.sender_kind`).
    #[derive(Default)]
    SenderKind: "sender_kind" {
        /// A person.
        #[default]
        Citizen = "citizen",
        /// A firm, a cooperative, a law firm.
        Enterprise = "enterprise",
        /// A school, a hospital, an association, a chamber, a foundation, a body of residents: whoever else is not for profit.
        Association = "association",
        /// A state organ, or a mass organisation run as one.
        Agency = "agency",
    }
}
