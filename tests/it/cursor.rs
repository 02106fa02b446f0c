//! Every case of the cursor as one table.

use zwfw_intake::cursor::{FolderState, Plan, Position, plan};

#[test]
fn every_case_of_position_and_state() {
    let at = |uid_validity, last_uid| Some(Position { uid_validity, last_uid });
    let from = |uid_validity, first_uid| Plan::From { uid_validity, first_uid };
    // (what it is, recorded, UIDVALIDITY, UIDNEXT, EXISTS, plan)
    let table = [
        ("first contact", None, Some(7), Some(1), 0, from(7, 1)),
        ("first contact with an old mailbox", None, Some(7), Some(900), 800, from(7, 1)),
        ("nothing recorded yet", at(7, 0), Some(7), Some(1), 0, from(7, 1)),
        ("new mail", at(7, 10), Some(7), Some(15), 9, from(7, 11)),
        ("UIDNEXT says nothing is new", at(7, 10), Some(7), Some(11), 9, from(7, 11)),
        ("UIDNEXT missing", at(7, 10), Some(7), None, 9, from(7, 11)),
        ("UIDNEXT fell below what is recorded", at(7, 10), Some(7), Some(4), 9, from(7, 11)),
        ("UIDNEXT zero", at(7, 10), Some(7), Some(0), 9, from(7, 11)),
        ("the folder is empty now", at(7, 10), Some(7), Some(11), 0, from(7, 11)),
        ("UIDVALIDITY rose", at(7, 10), Some(8), Some(3), 2, Plan::Rescan { uid_validity: 8 }),
        ("UIDVALIDITY fell", at(7, 10), Some(6), Some(3), 2, Plan::Rescan { uid_validity: 6 }),
        ("UIDVALIDITY missing", at(7, 10), None, Some(11), 9, Plan::Unusable),
        ("UIDVALIDITY missing at first contact", None, None, None, 9, Plan::Unusable),
        ("UIDVALIDITY zero", at(7, 10), Some(0), Some(11), 9, Plan::Unusable),
        ("recorded under zero", at(0, 10), Some(7), Some(11), 9, Plan::Rescan { uid_validity: 7 }),
        ("one before the last UID", at(7, u32::MAX - 1), Some(7), None, 1, from(7, u32::MAX)),
        ("the last UID there can be", at(7, u32::MAX), Some(7), None, 1, from(7, u32::MAX)),
        ("largest UIDVALIDITY", at(u32::MAX, 1), Some(u32::MAX), None, 1, from(u32::MAX, 2)),
    ];
    for (what, position, uid_validity, uid_next, exists, expected) in table {
        let state = FolderState { uid_validity, uid_next, exists };
        assert_eq!(plan(position, state), expected, "{what}");
    }
}
