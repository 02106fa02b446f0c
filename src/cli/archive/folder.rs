//! A folder of files that are written beside and get their place when all of them are whole, with the digest of each.

use std::fs::{self, DirBuilder, File};
use std::io::{BufWriter, ErrorKind, Write};
use std::os::unix::fs::DirBuilderExt;
use std::path::{Path, PathBuf};

use sha2::{Digest, Sha256};

use crate::cli::new_file::{self, unwritten};
use crate::cli::outcome::{Exit, Failure};
use crate::vocabulary::hex;

/// The digests of all the others.
const SUMS: &str = "sha256sums";

/// A folder in the making; dropped before its end it takes away what was written.
pub(super) struct Folder {
    to: PathBuf,
    made: PathBuf,
    sums: Option<Sink>,
    files: u64,
}

impl Folder {
    /// Begins; a place that holds something is left alone.
    pub(super) fn create(to: &Path) -> Result<Self, Failure> {
        let refuse = |why: &str| Failure::new(Exit::Io, format!("{}：{why}", to.display()));
        match fs::read_dir(to) {
            Ok(mut entries) => {
                if entries.next().is_some() {
                    return Err(refuse("已有这个文件夹，而且不是空的，没有写入；请另取名字，或者先把它移走"));
                }
            }
            Err(error) if error.kind() == ErrorKind::NotFound => {}
            Err(error) if error.kind() == ErrorKind::NotADirectory => {
                return Err(refuse("已有同名的文件；归档包是文件夹，请另取名字"));
            }
            Err(error) => return Err(unwritten(to, &error)),
        }
        let mut name = to.file_name().ok_or_else(|| refuse("请写文件夹的名字"))?.to_owned();
        name.push(".part");
        let made = to.with_file_name(name);
        let folder = |path: &Path| DirBuilder::new().mode(0o700).create(path);
        folder(&made).map_err(|error| match error.kind() {
            ErrorKind::AlreadyExists => Failure::new(
                Exit::Io,
                format!("{}：上一次没有写完，或者正在写；确认没有在写的，请先删除", made.display()),
            ),
            ErrorKind::NotFound => refuse("上一级文件夹不存在，请先建立"),
            _ => unwritten(&made, &error),
        })?;
        let mut begun = Self { to: to.to_path_buf(), made, sums: None, files: 0 };
        let raw = begun.made.join("raw");
        folder(&raw).map_err(|error| unwritten(&raw, &error))?;
        begun.sums = Some(Sink::create(&begun.made, SUMS)?);
        Ok(begun)
    }

    /// Begins a file.
    pub(super) fn file(&self, name: &str) -> Result<Sink, Failure> {
        Sink::create(&self.made, name)
    }

    /// Ends it.
    pub(super) fn end(&mut self, file: Sink) -> Result<(), Failure> {
        let (name, sha256) = file.end()?;
        self.sum(&name, &sha256)
    }

    /// Writes a whole file whose digest is known.
    pub(super) fn put(&mut self, name: &str, bytes: &[u8], sha256: &str) -> Result<(), Failure> {
        let path = self.made.join(name);
        let mut file = new_file::create(&path)?;
        file.write_all(bytes).map_err(|error| unwritten(&path, &error))?;
        self.sum(name, sha256)
    }

    fn sum(&mut self, name: &str, sha256: &str) -> Result<(), Failure> {
        self.files += 1;
        match &mut self.sums {
            Some(sums) => sums.put(&format!("{sha256}  {name}\n")),
            None => Ok(()),
        }
    }

    /// All is written: the folder gets its place. How many files the digests are of, and the digest of those.
    pub(super) fn finish(mut self) -> Result<(u64, String), Failure> {
        let sha256 = match self.sums.take() {
            Some(sums) => sums.end()?.1,
            None => String::new(),
        };
        // One call for all files, however many: they are on the disk before the name is.
        let io = |error| unwritten(&self.made, &error);
        let opened = File::open(&self.made).map_err(io)?;
        rustix::fs::syncfs(&opened).map_err(|error| unwritten(&self.made, &error.into()))?;
        fs::rename(&self.made, &self.to).map_err(|error| unwritten(&self.to, &error))?;
        let above = self.to.parent().filter(|folder| !folder.as_os_str().is_empty());
        File::open(above.unwrap_or(Path::new(".")))
            .and_then(|folder| folder.sync_all())
            .map_err(|error| unwritten(&self.to, &error))?;
        Ok((self.files, sha256))
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        // After the end there is none of this name.
        fs::remove_dir_all(&self.made).ok();
    }
}

/// A file whose digest is taken while it is written.
pub(super) struct Sink {
    name: String,
    path: PathBuf,
    out: BufWriter<File>,
    digest: Sha256,
}

impl Sink {
    fn create(folder: &Path, name: &str) -> Result<Self, Failure> {
        let path = folder.join(name);
        let out = BufWriter::new(new_file::create(&path)?);
        Ok(Self { name: name.to_owned(), path, out, digest: Sha256::new() })
    }

    pub(super) fn put(&mut self, text: &str) -> Result<(), Failure> {
        self.digest.update(text.as_bytes());
        self.out.write_all(text.as_bytes()).map_err(|error| unwritten(&self.path, &error))
    }

    fn end(mut self) -> Result<(String, String), Failure> {
        self.out.flush().map_err(|error| unwritten(&self.path, &error))?;
        Ok((self.name, hex(&self.digest.finalize())))
    }
}
