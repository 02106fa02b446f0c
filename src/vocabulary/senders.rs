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
        /// An association, a chamber, a foundation, a body of residents.
        Association = "association",
        /// A state organ, a public institution, a mass organisation run as one.
        Agency = "agency",
    }
}
