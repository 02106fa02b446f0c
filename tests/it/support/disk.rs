//! Disks that fill up, become read-only, or lose their power.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::Once;

use rustix::process::geteuid;
use tempfile::TempDir;

/// Whether file systems can be mounted here; a test that cannot run says so.
pub(crate) fn may_mount(test: &str) -> bool {
    let may = geteuid().is_root();
    if !may {
        eprintln!("\n!!! {test} NOT RUN: it mounts file systems, which needs root\n");
    }
    may
}

fn run(command: &mut Command) {
    for attempt in 0.. {
        let output = command.output().unwrap_or_else(|e| panic!("{command:?}: {e}"));
        // A process that another test is just starting holds this one's open files for an instant.
        let busy = String::from_utf8_lossy(&output.stderr).contains("busy");
        if output.status.success() {
            return;
        }
        assert!(busy && attempt < 100, "{command:?}: {output:?}");
        super::take_ones_time(std::time::Duration::from_millis(50));
    }
}

/// A mounted file system; unmounted and gone when it goes out of scope.
pub(crate) struct Disk {
    dir: TempDir,
    /// The image, when there is one: the disk outlives being unmounted.
    image: Option<PathBuf>,
}

impl Disk {
    fn empty() -> Self {
        let dir = tempfile::Builder::new().prefix("zwfw-disk-").tempdir().unwrap();
        fs::create_dir(dir.path().join("mount")).unwrap();
        Self { dir, image: None }
    }

    /// A file system in memory with room for so many KiB.
    pub(crate) fn in_memory(kib: u32) -> Self {
        let disk = Self::empty();
        run(Command::new("mount")
            .args(["-t", "tmpfs", "-o", &format!("size={kib}k"), "zwfw-test"])
            .arg(disk.path()));
        disk
    }

    /// An ext4 file system in a file.
    pub(crate) fn ext4() -> Self {
        let mut disk = Self::empty();
        let image = disk.dir.path().join("image");
        fs::File::create(&image).unwrap().set_len(96 << 20).unwrap();
        run(Command::new("mkfs.ext4").args(["-q", "-F"]).arg(&image));
        disk.image = Some(image);
        disk.mount();
        disk
    }

    /// Where it is mounted.
    pub(crate) fn path(&self) -> PathBuf {
        self.dir.path().join("mount")
    }

    /// Mounts the image again; its journal is replayed, as after a power cut.
    pub(crate) fn mount(&self) {
        run(Command::new("mount").args(["-o", "loop"]).arg(self.image.as_ref().unwrap()).arg(self.path()));
    }

    pub(crate) fn unmount(&self) {
        run(Command::new("umount").arg(self.path()));
    }

    /// Changes a mount option.
    pub(crate) fn remount(&self, options: &str) {
        run(Command::new("mount").args(["-o", &format!("remount,{options}")]).arg(self.path()));
    }

    /// Cuts the power: what the kernel has not written yet is lost, and so is the file system's journal in memory.
    pub(crate) fn cut_power(&self) {
        run(Command::new(tool("power_cut")).arg(self.path()));
    }
}

impl Drop for Disk {
    fn drop(&mut self) {
        let _ = Command::new("umount").arg("--lazy").arg(self.path()).output();
    }
}

/// A program of `tests/tools`, compiled when it is first asked for.
pub(crate) fn tool(name: &str) -> PathBuf {
    static COMPILED: Once = Once::new();
    let target = Path::new(env!("CARGO_TARGET_TMPDIR"));
    COMPILED.call_once(|| {
        for (name, shared) in [("power_cut", &[][..]), ("clock.so", &["-shared", "-fPIC"])] {
            let source = name.trim_end_matches(".so");
            let source = super::repository().join(format!("tests/tools/{source}.c"));
            let flags = [&["-O1", "-Wall", "-Werror"], shared, &["-o"]].concat();
            run(Command::new("cc").args(flags).arg(target.join(name)).arg(source));
        }
    });
    target.join(name)
}
