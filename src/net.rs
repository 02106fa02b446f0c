//! From the settings of a server to a protected stream, and from what the server says to words fit for a log: what IMAP and
//! SMTP need alike. Each step has a deadline; nothing here knows either protocol.

mod bearer;
mod cause;
mod dial;
mod logins;
mod proxy;
mod reach;
mod said;
mod stage;
mod tls;

pub use bearer::Bearer;
pub use cause::{DialCause, DialError};
pub use dial::{Endpoint, Handshake, Protection};
pub use logins::Logins;
pub use said::decode;
pub use stage::Stage;
