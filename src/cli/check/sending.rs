//! The SMTP server: whether it would take answers, and with `--send-test` whether it takes one.

use super::health;
use super::report::Report;
use crate::cli::outcome::Exit;
use crate::compose;
use crate::config::{ServerSettings, Settings};
use crate::smtp::{Offered, Probed, Sender};
use crate::store::{Fact, Store};
use crate::vocabulary::{Breakage, LaneFault, LiveFault, SendOutcome, domain_of};
use crate::world::World;

pub(super) async fn smtp(
    report: &mut Report,
    server: &ServerSettings,
    settings: &Settings,
    send_test: Option<&str>,
) {
    let name = format!("SMTP {}:{}", server.host, server.port);
    let mut sender = match Sender::new(server, &settings.limits) {
        Ok(sender) => sender.speaking_for(&settings.acknowledgement.from),
        Err(error) => {
            return report.failed("发信服务器", error.live_fault(), &error.to_string(), Exit::Config);
        }
    };
    let envelope =
        (!settings.acknowledgement.envelope_null).then_some(settings.acknowledgement.from.as_str());
    match sender.probe(Some(envelope)).await {
        Ok(probed) => {
            report.good(&name, &in_words(&probed));
            if let Some(until) = sender.certificate_until() {
                let (_stopper, world) = World::new();
                health::certificate(report, &name, (until, sender.certificate_names()), world.now());
            }
            held_answers(report, settings);
            if let Some(to) = send_test {
                test(report, &mut sender, (settings.acknowledgement.from.as_str(), to)).await;
            }
        }
        Err(error) => {
            report.failed("发信服务器", error.live_fault(), &error.to_string(), Exit::Unavailable);
        }
    }
}

/// What a probe found, in Chinese, and in English for whoever shows it to the server's administrator.
fn in_words(probed: &Probed) -> String {
    let mut words = vec![match probed.protection {
        Some(protection) => protection.to_owned(),
        None => "不加密，仅限本机（no TLS, loopback）".to_owned(),
    }];
    words.push(
        if probed.logged_in { "已登录（logged in）" } else { "未要求登录（no login asked for）" }.to_owned(),
    );
    if probed.sender_accepted {
        words.push("接受发件地址（sender accepted）".to_owned());
    }
    match &probed.recipient {
        Some(Offered::Accepted) => words.push("接受收件地址（recipient accepted）".to_owned()),
        Some(Offered::Refused(said)) => words.push(format!("本单位地址作收件地址时答复：{said}")),
        None => {}
    }
    if let Some(said) = &probed.reset_refused {
        words.push(format!("不支持 RSET，不影响发信（RSET refused ({said})）"));
    }
    words.join("，")
}

/// What a server says only behind the content of a message, the daemon has heard and no probe can.
fn held_answers(report: &mut Report, settings: &Settings) {
    let Ok(store) = Store::open_read_only(&settings.store_path) else { return };
    let told = |fact| store.fact(fact).ok().flatten().unwrap_or_default();
    let problem = told(Fact::OutboxProblem);
    if told(Fact::OutboxFault) == LaneFault::RefusesUs.as_str() && !problem.is_empty() {
        report.failed("待发回执", LiveFault::AnswersHeld, &problem, Exit::Unavailable);
    }
}

/// A message of the program's own.
async fn test(report: &mut Report, sender: &mut Sender, (from, to): (&str, &str)) {
    let what = "测试邮件";
    let (_stopper, world) = World::new();
    let id = format!("test.{:016x}@{}", world.random(), domain_of(from));
    let body = "这是 zwfw-intake 的测试邮件，收到即说明回执可以发出。\nA test message of zwfw-intake: answers can leave.\n";
    let Some(message) = compose::notice((from, to), "zwfw-intake 测试（test）", body, &id, world.now())
    else {
        return report.failed(what, LiveFault::TestAddress, to, Exit::Usage);
    };
    let outcome = sender.send(&message).await;
    sender.quit().await;
    let refused = match outcome {
        SendOutcome::Accepted { reply } => {
            return report.good(what, &format!("服务器已接收（taken: {reply}），请到 {to} 查看"));
        }
        SendOutcome::Transient { code, reply } | SendOutcome::Permanent { code, reply } => {
            format!("{code} {reply}")
        }
        SendOutcome::Broken(Breakage { server, step, seen })
        | SendOutcome::Unknown(Breakage { server, step, seen }) => format!("{server}: {step}: {seen}"),
        SendOutcome::Unavailable { reply } => reply,
    };
    report.failed(what, LiveFault::TestRefused, &refused, Exit::Unavailable);
}
