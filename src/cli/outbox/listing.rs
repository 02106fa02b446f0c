//! What `outbox list` prints: answers by their states.

use std::fmt::Write;

use crate::cli::{fit, sentences, submissions, table};
use crate::store::OutboxRow;
use crate::vocabulary::{AcknowledgementKind, AcknowledgementState, Word};
use crate::words::{self, Chinese};

/// A table for each state, which its heading says; on a terminal within its width.
pub(super) fn by_state(rows: &[OutboxRow], are_several: bool) -> String {
    let mut text = String::new();
    for state in AcknowledgementState::ALL {
        let of: Vec<&OutboxRow> = rows.iter().filter(|row| row.state == state.as_str()).collect();
        if of.is_empty() {
            continue;
        }
        let apart = if text.is_empty() { "" } else { "\n" };
        let _ = writeln!(text, "{apart}{}（{} 封）", state.short(), of.len());
        text.push_str(&table::columns(&columns(&of, are_several, fit::terminal())));
    }
    text
}

fn columns(rows: &[&OutboxRow], are_several: bool, cells: Option<usize>) -> Vec<Vec<String>> {
    use fit::Gives::{Away, To};
    let first = usize::from(!are_several);
    let head = ["征求意见", "编号", "类型", "收件人", "次数", "排入时间", "下次尝试", "原因"];
    let mut lines = vec![head.map(ToOwned::to_owned).to_vec()];
    lines.extend(rows.iter().map(|row| {
        vec![
            row.consultation.clone(),
            row.number.clone(),
            words::short(AcknowledgementKind::KIND, &row.kind).to_owned(),
            row.recipient.clone().unwrap_or_else(|| "无".to_owned()),
            row.attempts.to_string(),
            submissions::when(row.queued_at),
            row.next_attempt_at.map_or_else(String::new, |at| submissions::when(Some(at))),
            table::cut(&reason(row), 60),
        ]
    }));
    let lines: Vec<Vec<String>> =
        lines.into_iter().map(|line| line.into_iter().skip(first).collect()).collect();
    // Who reads on a terminal wants number, text and reason; when it was queued says least.
    let order = [
        (7, To(30)),
        (3, To(12)),
        (5, To(16)),
        (6, To(16)),
        (4, Away),
        (2, To(8)),
        (7, To(16)),
        (5, Away),
        (3, Away),
    ];
    let order: Vec<(usize, fit::Gives)> =
        order.into_iter().map(|(column, gives)| (column - first, gives)).collect();
    match cells {
        Some(cells) => fit::fit(&lines, &order, cells),
        None => lines,
    }
}

/// Why it is as it is: ours in Chinese, a server's in its own words.
pub(super) fn reason(row: &OutboxRow) -> String {
    let returned = row.reason.text("words");
    match row.state.as_str() {
        "queued" if row.reason.word.is_empty() => "等待发送".to_owned(),
        // Some reports say no more than that.
        _ if returned.trim_end_matches('.').eq_ignore_ascii_case("failed") => {
            format!("退信没有写明原因（{returned}）")
        }
        state => sentences::answer(state, &row.reason),
    }
}
