//! The sizes that what is asked for and what is taken in must agree on.

/// A larger message is fetched in pieces of this size, in bytes: a stalled transfer is noticed and memory bounded, whatever
/// the message's size.
pub(super) const CHUNK_BYTES: usize = 1024 * 1024;
/// Largest literal of a response, in bytes: twice the size of one partial fetch, for servers that announce a little less than
/// they send.
pub(super) const LITERAL_BYTES: usize = 2 * CHUNK_BYTES;
/// Longest line of a response, literals not counted, in bytes. Everything we ask for is answered in far less.
pub(super) const LINE_BYTES: usize = 64 * 1024;
/// Size of one read from the network, in bytes.
pub(super) const READ_BYTES: usize = 32 * 1024;
