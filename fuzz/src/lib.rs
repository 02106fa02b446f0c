//! The invariants of `tests/it/invariants`, for the fuzz targets.

#[path = "../../tests/it/invariants/mod.rs"]
mod invariants;
mod support;

/// Bytes to text.
pub fn decode(data: &[u8]) {
    invariants::decode::holds(data);
}

/// Raw bytes to a ruling.
pub fn ruling(data: &[u8]) {
    invariants::ruling::holds(data);
}

/// What a sender chooses, around what our server wrote.
pub fn sender_part(data: &[u8]) {
    invariants::sender_part::holds(data);
}

/// The answer to a hostile message.
pub fn reply(data: &[u8]) {
    invariants::reply::holds(data);
}
