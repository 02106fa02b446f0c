//! A host's name to addresses, and one of them that takes a connection: both families in turn, none waited for long (RFC 8305).

use std::net::SocketAddr;
use std::time::Duration;

use tokio::net::TcpStream;
use tokio::task::JoinSet;
use tokio::time::timeout;

use super::cause::DialCause;
use super::stage::Stage;

/// An address has this long before the next one is tried beside it (RFC 8305 section 5).
const HEAD_START: Duration = Duration::from_millis(250);
/// Most addresses of a name that are tried.
const ADDRESSES: usize = 16;

/// The addresses of a name in the order in which they are tried, as the system resolves it: /etc/hosts, systemd-resolved, DNS.
pub(super) async fn addresses(
    (host, port): (&str, u16),
    step: Duration,
) -> Result<Vec<SocketAddr>, DialCause> {
    let addresses: Vec<SocketAddr> = match timeout(step, tokio::net::lookup_host((host, port))).await {
        Ok(Ok(addresses)) => addresses.collect(),
        Ok(Err(error)) => return Err(DialCause::Resolve(error.to_string())),
        Err(_) => return Err(DialCause::Timeout(Stage::Resolve)),
    };
    if addresses.is_empty() {
        return Err(DialCause::Resolve("the name has no address".to_owned()));
    }
    Ok(in_turn(addresses))
}

/// The system has sorted them (RFC 6724), mostly IPv6 first; a family that leads nowhere must not use up all attempts (RFC 8305
/// section 4).
fn in_turn(addresses: Vec<SocketAddr>) -> Vec<SocketAddr> {
    let first = addresses.first().is_some_and(SocketAddr::is_ipv6);
    let (preferred, others): (Vec<_>, Vec<_>) =
        addresses.into_iter().partition(|address| address.is_ipv6() == first);
    let (mut preferred, mut others) = (preferred.into_iter(), others.into_iter());
    let mut sorted = Vec::new();
    loop {
        let pair = [preferred.next(), others.next()];
        if pair == [None, None] {
            return sorted;
        }
        sorted.extend(pair.into_iter().flatten());
    }
}

/// Tries one address after the other; one that keeps silent does not keep the next from being tried.
pub(super) async fn race(addresses: Vec<SocketAddr>, step: Duration) -> Result<TcpStream, DialCause> {
    let (mut faults, mut silent) = (Vec::new(), true);
    let mut waiting = addresses.into_iter().take(ADDRESSES);
    let mut running = JoinSet::new();
    loop {
        if let Some(address) = waiting.next() {
            running.spawn(async move { (address, timeout(step, TcpStream::connect(address)).await) });
        }
        let ended = match timeout(HEAD_START, running.join_next()).await {
            Ok(None) => break,
            Ok(Some(ended)) => ended,
            Err(_) => continue,
        };
        // Nothing in it panics, and nobody cancels it.
        let Ok((address, outcome)) = ended else { continue };
        let fault = match outcome {
            Ok(Ok(stream)) => {
                // Commands are small, and lettre writes the final dot in a packet of its own: with Nagle's algorithm
                // each waits 40 ms for the peer's delayed ACK (lettre#1159; 22 messages a second before it).
                stream.set_nodelay(true).ok();
                return Ok(stream);
            }
            Ok(Err(error)) => {
                silent = false;
                error.to_string()
            }
            Err(_) => "no answer in time".to_owned(),
        };
        faults.push(format!("{}: {fault}", address.ip()));
    }
    Err(if silent { DialCause::Timeout(Stage::Connect) } else { DialCause::Connect(faults.join("; ")) })
}

#[cfg(test)]
mod tests {
    use tokio::net::{TcpListener, TcpSocket};

    use super::*;

    fn at(address: &str) -> SocketAddr {
        address.parse().unwrap()
    }

    #[test]
    fn both_families_are_tried_in_turn_the_first_one_first() {
        let six = |n: u8| at(&format!("[2001:db8::{n}]:993"));
        let four = |n: u8| at(&format!("192.0.2.{n}:993"));
        assert_eq!(
            in_turn(vec![six(1), six(2), six(3), four(1), four(2)]),
            [six(1), four(1), six(2), four(2), six(3)]
        );
        assert_eq!(in_turn(vec![four(1), four(2), six(1)]), [four(1), six(1), four(2)]);
        assert_eq!(in_turn(vec![six(1)]), [six(1)]);
    }

    /// The first address answers nothing at all: the second one is reached long before the first one's time is over.
    #[tokio::test]
    async fn a_dead_address_first_costs_no_step() {
        let socket = TcpSocket::new_v4().unwrap();
        socket.bind(at("127.0.0.1:0")).unwrap();
        let dead = socket.listen(1).unwrap();
        let dead_address = dead.local_addr().unwrap();
        // Until its queue is full, and further connections get no answer.
        let mut queue = Vec::new();
        while let Ok(Ok(stream)) = timeout(Duration::from_millis(500), TcpStream::connect(dead_address)).await
        {
            queue.push(stream);
        }
        let alive = TcpListener::bind("[::1]:0").await;
        let alive = match alive {
            Ok(alive) => alive,
            // A machine without IPv6.
            Err(_) => TcpListener::bind("127.0.0.1:0").await.unwrap(),
        };
        let address = alive.local_addr().unwrap();
        let reached =
            timeout(Duration::from_secs(20), race(vec![dead_address, address], Duration::from_hours(1)));
        assert_eq!(reached.await.expect("the second was waited for").unwrap().peer_addr().unwrap(), address);
        let refused = race(vec![at("127.0.0.1:1")], Duration::from_secs(20)).await.unwrap_err();
        assert!(
            matches!(&refused, DialCause::Connect(words) if words.starts_with("127.0.0.1: ")),
            "{refused:?}"
        );
    }
}
