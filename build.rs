//! Puts the tables of `rules/places` into one, so that a further province is a further file and no line of code.

use std::path::PathBuf;
use std::{env, fs, io};

fn main() -> io::Result<()> {
    println!("cargo::rerun-if-changed=rules/places");
    let mut files: Vec<PathBuf> =
        fs::read_dir("rules/places")?.map(|entry| Ok(entry?.path())).collect::<io::Result<_>>()?;
    files.retain(|file| file.extension().is_some_and(|end| end == "tsv"));
    // The same binary from the same files, in whatever order a disk lists them.
    files.sort();
    let tables = files.iter().map(fs::read_to_string).collect::<io::Result<Vec<_>>>()?;
    let folder = env::var_os("OUT_DIR").ok_or_else(|| io::Error::other("cargo sets OUT_DIR"))?;
    fs::write(PathBuf::from(folder).join("places.tsv"), tables.join("\n"))
}
