//! Who gave a command, as the event log names them.

/// Who runs this command, for the event log: by login name, for staff know each other by names and not by numbers.
pub(super) fn actor() -> String {
    let login = std::fs::read_to_string("/proc/self/loginuid").unwrap_or_default();
    // 2^32 - 1: no login, as in a service.
    let login = login.trim().parse().ok().filter(|uid| *uid != u32::MAX);
    let sudo = std::env::var_os("SUDO_USER").filter(|name| uzers::get_user_by_name(name).is_some());
    let name_of = |uid| Some(uzers::get_user_by_uid(uid)?.name().to_string_lossy().into_owned());
    who(name_of, uzers::get_current_uid(), login, sudo.and_then(|name| name.into_string().ok()).as_deref())
}

/// The login that the kernel keeps for its audit, which nobody can choose; else the user, and beside it whom `sudo` names:
/// that is a variable, and whoever runs the command may have set it.
fn who(name_of: impl Fn(u32) -> Option<String>, uid: u32, login: Option<u32>, sudo: Option<&str>) -> String {
    let name = |uid| name_of(uid).unwrap_or_else(|| format!("uid {uid}"));
    match (login, sudo) {
        (Some(login), _) => name(login),
        (None, Some(sudo)) if sudo != name(uid) => format!("{} ({sudo})", name(uid)),
        (None, _) => name(uid),
    }
}

#[cfg(test)]
mod tests {
    use super::who;

    #[test]
    fn staff_are_named_by_their_login() {
        let name_of = |uid| match uid {
            0 => Some("root".to_owned()),
            1001 => Some("zhang".to_owned()),
            _ => None,
        };
        for (uid, login, sudo, name) in [
            (0, Some(1001), Some("root"), "zhang"),
            (0, None, Some("zhang"), "root (zhang)"),
            (0, None, Some("root"), "root"),
            (0, None, None, "root"),
            (1002, None, None, "uid 1002"),
            (0, Some(1002), None, "uid 1002"),
        ] {
            assert_eq!(who(name_of, uid, login, sudo), name, "{uid} {login:?} {sudo:?}");
        }
    }
}
