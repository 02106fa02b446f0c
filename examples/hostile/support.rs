//! What the example shares with the tests.

#[path = "../../tests/it/support/hostile.rs"]
pub(crate) mod hostile;
#[path = "../../tests/it/support/liaoning.rs"]
pub(crate) mod liaoning;
