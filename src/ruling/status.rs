//! Where a submission stands: by the rules, by a person's decision, and when a supplement asks for something.

use crate::vocabulary::{Flag, ReviewReason, Status, Timeliness};

/// By the rules, as long as nothing earlier stands for it.
pub(super) const fn alone(reasons: &[ReviewReason], timeliness: Timeliness) -> Status {
    match timeliness {
        _ if !reasons.is_empty() => Status::Review,
        Timeliness::Late => Status::Late,
        _ => Status::Accepted,
    }
}

/// Whether something is said that may count as an opinion: items, 无意见, or a file that may hold some.
pub fn opines(flags: &[Flag], items: usize) -> bool {
    use Flag::{AttachmentOnly, CloudAttachment, NoObjection};
    items > 0 || flags.iter().any(|flag| matches!(flag, AttachmentOnly | CloudAttachment | NoObjection))
}

/// Whether a letter asks the office for something and says nothing else, or says nothing at all that could count: a person sees to
/// it, and it is no letter to be counted.
pub fn only_asks(flags: &[Flag], reasons: &[ReviewReason], items: usize) -> bool {
    let asks = |flag| ReviewReason::ASKED.iter().any(|asked| asked.flag() == Some(flag));
    let says_nothing = reasons.contains(&ReviewReason::NothingSaid);
    !opines(flags, items) && (says_nothing || flags.iter().any(|flag| asks(*flag)))
}

/// Where a submission stands that a person confirmed. What only asks is seen to. Of all else, what was in question (its subject, its sender, a time that only its
/// writer vouches for, or that two clocks tell apart) is settled in its favour; the arrival time stays, and what plainly
/// came after the close is late.
pub fn confirmed(reasons: &[ReviewReason], timeliness: Timeliness, only_asks: bool) -> Status {
    match timeliness {
        _ if only_asks => Status::Handled,
        _ if reasons
            .iter()
            .any(|reason| matches!(reason, ReviewReason::ArrivalDisputed | ReviewReason::LateDisputed)) =>
        {
            Status::Accepted
        }
        Timeliness::OnTime | Timeliness::LateSentInTime | Timeliness::BeforeOpen => Status::Accepted,
        Timeliness::Late => Status::Late,
    }
}

/// Where a submission stands that a person had decided on, that was asked something since, and that is confirmed: where it stood, for
/// its time was not asked. `None`: it is asked for all again.
pub fn confirmed_again(stood: Status, asked: &[ReviewReason]) -> Option<Status> {
    let of_time = |reason: &ReviewReason| is_of_time(*reason) || *reason == ReviewReason::LateDisputed;
    let is_settled = matches!(stood, Status::Accepted | Status::Late);
    (is_settled && !asked.is_empty() && !asked.iter().any(of_time)).then_some(stood)
}

/// Where a submission stands that a person denied: not counted; but when nothing was in question except the time, it is
/// late, as any mail that came then, unless it only asks.
pub fn denied(reasons: &[ReviewReason], only_asks: bool) -> Status {
    let is_of_time = |reason| {
        use ReviewReason::{ArrivalDisputed, LateDisputed, LateSentInTime};
        matches!(reason, &(LateSentInTime | ArrivalDisputed | LateDisputed))
    };
    if !only_asks && !reasons.is_empty() && reasons.iter().all(is_of_time) {
        Status::Late
    } else {
        Status::Denied
    }
}

/// Why a submission waits for a person from now on, because a supplement asks for something: a citizen who wants to
/// withdraw or to have data erased says so in an answer to the acknowledgement; and what was seen to, because more was said. `None`: it does not count any more, and
/// nothing is taken up again. Neither is a dispute of lateness that a person turned down and that is told once more without a file.
pub fn reopened(
    status: Status,
    reasons: &[ReviewReason],
    asked: &[ReviewReason],
    brings_files: bool,
) -> Option<Vec<ReviewReason>> {
    let again = asked == [ReviewReason::LateDisputed] && reasons.contains(&ReviewReason::LateDisputed);
    if again && status == Status::Late && !brings_files {
        return None;
    }
    if !matches!(status, Status::Accepted | Status::Late | Status::Review | Status::Handled) {
        return None;
    }
    let mut all = [reasons, asked].concat();
    all.sort_unstable_by_key(|reason| reason.as_str());
    all.dedup();
    Some(all)
}

/// Where a submission stands that a person moved to another consultation. The time is asked anew, by the reasons `of_time` that
/// it gives there; whatever else was in question, or was decided, stays as it was. What counted and is in question there by its time
/// waits, unless a person decided on that very question.
pub(super) fn moved(
    stood: Status,
    reasons: &[ReviewReason],
    timeliness: Timeliness,
    of_time: &[ReviewReason],
) -> (Status, Vec<ReviewReason>) {
    let (before, mut all): (Vec<ReviewReason>, Vec<ReviewReason>) =
        reasons.iter().partition(|reason| is_of_time(**reason));
    all.extend(of_time);
    let status = match stood {
        Status::Review => alone(&all, timeliness),
        Status::Accepted | Status::Late if of_time.is_empty() => alone(&[], timeliness),
        Status::Accepted | Status::Late if is_same(&before, of_time) => stood,
        Status::Accepted | Status::Late => Status::Review,
        Status::Duplicate | Status::Handled | Status::Denied | Status::Erased => stood,
    };
    (status, all)
}

fn is_same(reasons: &[ReviewReason], others: &[ReviewReason]) -> bool {
    reasons.len() == others.len() && reasons.iter().all(|reason| others.contains(reason))
}

/// Whether a reason asks about the time of arrival and nothing else.
pub(super) const fn is_of_time(reason: ReviewReason) -> bool {
    matches!(reason, ReviewReason::LateSentInTime | ReviewReason::BeforeOpen | ReviewReason::ArrivalDisputed)
}

#[cfg(test)]
mod tests {
    use super::*;
    use ReviewReason::{ArrivalDisputed, InfoDisclosure, LateDisputed, LateSentInTime, NearMiss, Withdraw};

    #[test]
    fn a_question_goes_before_the_time() {
        for (reasons, timeliness, status) in [
            (&[][..], Timeliness::OnTime, Status::Accepted),
            (&[], Timeliness::Late, Status::Late),
            (&[NearMiss], Timeliness::Late, Status::Review),
        ] {
            assert_eq!(alone(reasons, timeliness), status);
        }
    }

    #[test]
    fn a_person_decides_on_what_was_in_question_and_not_on_the_clock() {
        assert_eq!(confirmed(&[LateSentInTime], Timeliness::LateSentInTime, false), Status::Accepted);
        assert_eq!(confirmed(&[NearMiss], Timeliness::Late, false), Status::Late);
        for timeliness in [Timeliness::OnTime, Timeliness::Late] {
            assert_eq!(confirmed(&[ArrivalDisputed], timeliness, false), Status::Accepted);
            assert_eq!(confirmed(&[LateDisputed], timeliness, false), Status::Accepted);
        }
        assert_eq!(denied(&[ArrivalDisputed], false), Status::Late);
        assert_eq!(denied(&[LateSentInTime, ArrivalDisputed], false), Status::Late);
        assert_eq!(denied(&[LateSentInTime], false), Status::Late);
        assert_eq!(denied(&[LateDisputed], false), Status::Late);
        assert_eq!(denied(&[LateSentInTime, NearMiss], false), Status::Denied);
        assert_eq!(denied(&[], false), Status::Denied);
    }

    #[test]
    fn what_only_asks_is_seen_to_and_counts_nowhere() {
        use Flag::{AttachmentOnly, NoObjection, Question};
        for (flags, items, alone) in [
            (&[Flag::Withdraw][..], 0, true),
            (&[Question, Flag::DetailsMissing], 0, true),
            (&[Question], 1, false),
            (&[Question, NoObjection], 0, false),
            (&[Flag::PersonalData, AttachmentOnly], 0, false),
            (&[Flag::DetailsMissing], 0, false),
        ] {
            assert_eq!(only_asks(flags, &[], items), alone, "{flags:?} {items}");
        }
        for (items, alone) in [(0, true), (1, false)] {
            assert_eq!(only_asks(&[], &[ReviewReason::NothingSaid], items), alone, "thanks, and {items}");
        }
        for timeliness in [Timeliness::OnTime, Timeliness::Late] {
            assert_eq!(confirmed(&[NearMiss, Withdraw], timeliness, true), Status::Handled);
            assert_eq!(confirmed(&[LateDisputed], timeliness, true), Status::Handled);
        }
        assert_eq!(denied(&[LateDisputed], true), Status::Denied);
    }

    #[test]
    fn what_is_moved_is_asked_for_its_time_again_and_for_nothing_else() {
        use ReviewReason::BeforeOpen;
        use Status::{Accepted, Late, Review};
        for (stood, reasons, timeliness, of_time, status, all) in [
            (Accepted, &[][..], Timeliness::OnTime, &[][..], Accepted, &[][..]),
            (Accepted, &[], Timeliness::Late, &[], Late, &[]),
            (Late, &[], Timeliness::OnTime, &[], Accepted, &[]),
            // In question there by its time.
            (Accepted, &[], Timeliness::LateSentInTime, &[LateSentInTime], Review, &[LateSentInTime]),
            (Late, &[], Timeliness::BeforeOpen, &[BeforeOpen], Review, &[BeforeOpen]),
            // In question here by its time only.
            (Review, &[LateSentInTime], Timeliness::OnTime, &[], Accepted, &[]),
            (Review, &[BeforeOpen], Timeliness::Late, &[], Late, &[]),
            (Review, &[LateSentInTime, NearMiss], Timeliness::OnTime, &[], Review, &[NearMiss]),
            (Review, &[Withdraw], Timeliness::Late, &[], Review, &[Withdraw]),
            // A person decided, of the subject or of the same time.
            (Accepted, &[NearMiss], Timeliness::OnTime, &[], Accepted, &[NearMiss]),
            (Accepted, &[NearMiss], Timeliness::Late, &[], Late, &[NearMiss]),
            (Late, &[LateSentInTime], Timeliness::LateSentInTime, &[LateSentInTime], Late, &[LateSentInTime]),
            (Accepted, &[LateSentInTime], Timeliness::OnTime, &[], Accepted, &[]),
            (Accepted, &[LateSentInTime], Timeliness::BeforeOpen, &[BeforeOpen], Review, &[BeforeOpen]),
        ] {
            assert_eq!(
                moved(stood, reasons, timeliness, of_time),
                (status, all.to_vec()),
                "{stood:?} {reasons:?}"
            );
        }
    }

    #[test]
    fn what_counts_or_waits_is_taken_up_again_with_all_its_reasons() {
        let asked = [Withdraw];
        for (status, reasons, all) in [
            (Status::Accepted, &[][..], Some(vec![Withdraw])),
            (Status::Late, &[], Some(vec![Withdraw])),
            (Status::Review, &[InfoDisclosure, Withdraw], Some(vec![InfoDisclosure, Withdraw])),
            (Status::Review, &[NearMiss], Some(vec![NearMiss, Withdraw])),
            (Status::Handled, &[Withdraw], Some(vec![Withdraw])),
            (Status::Duplicate, &[], None),
            (Status::Denied, &[], None),
            (Status::Erased, &[], None),
        ] {
            assert_eq!(reopened(status, reasons, &asked, false), all, "{status:?}");
        }
        let again =
            |status, asked: &[ReviewReason], files| reopened(status, &[LateDisputed], asked, files).is_some();
        assert!(!again(Status::Late, &[LateDisputed], false), "a person said no to just that");
        assert!(again(Status::Late, &[LateDisputed], true) && again(Status::Late, &[Withdraw], false));
        assert!(reopened(Status::Late, &[], &[LateDisputed], false).is_some());
    }

    #[test]
    fn what_was_decided_is_asked_for_nothing_else_than_what_came_since() {
        use ReviewReason::Question;
        for (stood, asked, again) in [
            (Status::Late, &[Question][..], Some(Status::Late)),
            (Status::Accepted, &[Withdraw, Question], Some(Status::Accepted)),
            (Status::Late, &[Question, LateDisputed], None),
            (Status::Late, &[], None),
            (Status::Handled, &[Question], None),
        ] {
            assert_eq!(confirmed_again(stood, asked), again, "{stood:?} {asked:?}");
        }
    }
}
