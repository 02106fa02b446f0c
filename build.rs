//! Puts the tables of `rules/places` into one, so that a further province is a further file and no line of code; and notes
//! when the program is built, or is said to be (`SOURCE_DATE_EPOCH`).

use std::path::PathBuf;
use std::time::{SystemTime, UNIX_EPOCH};
use std::{env, fs, io};

#[allow(clippy::disallowed_methods, reason = "a build has no world.rs")]
fn main() -> io::Result<()> {
    println!("cargo::rerun-if-changed=rules/places");
    println!("cargo::rerun-if-env-changed=SOURCE_DATE_EPOCH");
    let now = || SystemTime::now().duration_since(UNIX_EPOCH).map_or(0, |time| time.as_secs());
    let built = env::var("SOURCE_DATE_EPOCH").ok().and_then(|text| text.parse().ok()).unwrap_or_else(now);
    println!("cargo::rustc-env=ZWFW_BUILT={built}");
    let mut files: Vec<PathBuf> =
        fs::read_dir("rules/places")?.map(|entry| Ok(entry?.path())).collect::<io::Result<_>>()?;
    files.retain(|file| file.extension().is_some_and(|end| end == "tsv"));
    // The same binary from the same files, in whatever order a disk lists them.
    files.sort();
    let tables = files.iter().map(fs::read_to_string).collect::<io::Result<Vec<_>>>()?;
    let folder = env::var_os("OUT_DIR").ok_or_else(|| io::Error::other("cargo sets OUT_DIR"))?;
    fs::write(PathBuf::from(folder).join("places.tsv"), tables.join("\n"))
}
