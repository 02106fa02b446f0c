//! Where the invariants look for the consultation.

#[path = "../../tests/it/support/liaoning.rs"]
pub(crate) mod liaoning;
