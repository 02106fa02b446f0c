//! What a submission is in another consultation than the one that it was filed under.

use super::duplicate::{self, Repetition};
use super::judged::{Standing, filing, questions};
use super::{Copied, Reading, Rules, Ruling, status};
use crate::parse::Message;
use crate::sender::Verdict;
use crate::vocabulary::{FetchedMessage, ReviewReason, Status};

/// What a submission is in the consultation that a person moved it to, for which it was read. It stays one of its own unless another
/// letter there says the same; what was in question, or was decided, stays so, but for its time. `stood`: where it stands; `None`:
/// nobody asks. `None` where the consultation is not configured.
pub fn moved(
    (message, fetched, reading): (&Message, &FetchedMessage, &Reading),
    (same_content, message_id_reused): (Vec<Copied>, bool),
    stood: Option<Stood<'_>>,
    rules: &Rules,
) -> Option<Ruling> {
    let window = rules.consultation(reading.consultation)?;
    let (timeliness, own) = questions((message, fetched, reading), window, rules);
    let (status, review_reasons) = match stood {
        Some(Stood { status, review_reasons, .. }) if status != Status::Duplicate => {
            let of_time: Vec<ReviewReason> =
                own.into_iter().filter(|reason| status::is_of_time(*reason)).collect();
            status::moved(status, review_reasons, timeliness, &of_time)
        }
        // It hung on another letter: nobody has asked yet what is in question.
        _ => (status::alone(&own, timeliness), own),
    };
    let standing = Standing { status, timeliness, review_reasons };
    let filing = filing((message, fetched, reading), standing, message_id_reused);
    // A person looks already: he is told of what says the same.
    let vouched = reading.sender.verdict == Verdict::Pass;
    let Repetition { repeated, told, .. } =
        duplicate::find(same_content, &window.id, &reading.details, (status, vouched));
    let is_built_on = stood.is_some_and(|stood| stood.is_built_on);
    Some(match repeated {
        Some(copy) if is_built_on => {
            Ruling::File { filing, repeats: Some(copy.earlier), doubted: Vec::new() }
        }
        Some(copy) => Ruling::duplicate(copy.earlier, filing),
        None => Ruling::File { filing, repeats: told, doubted: Vec::new() },
    })
}

/// Where a submission stands that is to be moved.
#[derive(Debug, Clone, Copy)]
pub struct Stood<'a> {
    /// Its status.
    pub status: Status,
    /// Why it waits, or waited.
    pub review_reasons: &'a [ReviewReason],
    /// Supplements hang on it, or staff worked on it: it becomes nobody's repetition.
    pub is_built_on: bool,
}
