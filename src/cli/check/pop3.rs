//! The POP3 server: login, and what lies there.

use super::report::Report;
use super::{health, traces};
use crate::cli::outcome::Exit;
use crate::config::{ServerSettings, Settings};
use crate::pop3::{Pop3Error, Session};
use crate::vocabulary::LiveFault;
use crate::world::World;

pub(super) async fn pop3(report: &mut Report, server: &ServerSettings, settings: &Settings) {
    let name = format!("POP3 {}:{}", server.host, server.port);
    let what = "收信服务器";
    let failed = |report: &mut Report, error: &Pop3Error| {
        report.failed(what, error.live_fault(), &error.to_string(), Exit::Unavailable);
    };
    let mut session = match Session::open(server, &settings.limits).await {
        Ok(session) => session,
        Err(error) => return failed(report, &error),
    };
    let listing = session.list().await;
    if let Some(until) = session.certificate_until() {
        let (_stopper, world) = World::new();
        health::certificate(report, &name, (until, session.certificate_names()), world.now());
    }
    let newest = match &listing {
        Ok(listing) => session.newest_headers(listing, traces::SAMPLE).await,
        Err(_) => Ok(None),
    };
    session.quit().await;
    let listing = match listing {
        Ok(listing) => listing,
        Err(error) => return failed(report, &error),
    };
    let listed = listing.messages.len() as u64;
    if listed < listing.announced {
        let words = format!("服务器报告 {} 封，只列出 {listed} 封", listing.announced);
        return report.fault(what, LiveFault::NotAllListed, &words, Exit::Difference);
    }
    report.good(&name, &format!("已登录，{listed} 封；只读取，不删除（nothing is deleted）"));
    match newest {
        Ok(Some(headers)) => {
            let letters: Vec<_> = headers.into_iter().map(|header| (None, header)).collect();
            for warning in traces::warnings(&letters, &settings.mailbox) {
                report.remark(what, &warning);
            }
        }
        Ok(None) => {
            report.remark(
                what,
                "服务器不支持 TOP，看不到来信的 Received 行（no TOP）：到达时间是否读得出，收取后看 list",
            );
        }
        // Nobody's mail hangs on this look.
        Err(error @ (Pop3Error::Refused { .. } | Pop3Error::Protocol { .. })) => {
            report.remark(what, &error.to_string());
        }
        Err(error) => failed(report, &error),
    }
}
