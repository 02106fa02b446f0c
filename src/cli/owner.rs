//! Whose a file is, for whoever runs a command as the wrong user.

use std::os::unix::fs::MetadataExt;
use std::path::Path;

use crate::world::user_name;

/// What to do when a file, or the folder that holds it, belongs to somebody else than the user who runs this; `None`: it does
/// not.
pub(super) fn other(path: &Path) -> Option<String> {
    let (mine, owner, place) = owners(path)?;
    let words = format!(
        "{} 属于 {owner}，当前用户是 {mine}：请用 sudo -u {owner} 运行；文件若是误建的，用 chown {mine}: 改正",
        place.display()
    );
    Some(words)
}

/// The same in English, to be put behind an error; empty when the owner is not the reason.
pub(super) fn remedy(path: &Path) -> String {
    owners(path).map_or_else(String::new, |(mine, owner, place)| {
        format!(
            "; {} belongs to {owner}, and this runs as {mine}: run it as {owner} (sudo -u {owner} …), or give the file to {mine} (chown {mine}: …)",
            place.display()
        )
    })
}

fn owners(path: &Path) -> Option<(String, String, &Path)> {
    let me = std::fs::metadata("/proc/self").ok()?.uid();
    let foreign = |place: &&Path| std::fs::metadata(place).is_ok_and(|found| found.uid() != me);
    let place = [Some(path), path.parent()].into_iter().flatten().find(foreign)?;
    Some((user_name(me), user_name(std::fs::metadata(place).ok()?.uid()), place))
}
