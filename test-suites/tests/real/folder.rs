//! A copy of `device-profiles/real` in a folder of its own, at addresses of its own, with certificates and secrets.

use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::{Mutex, OnceLock};

use tempfile::TempDir;

static FOLDER: OnceLock<PathBuf> = OnceLock::new();
static KEPT: Mutex<Option<TempDir>> = Mutex::new(None);

/// The copy, made at the first call.
pub(crate) fn path() -> &'static Path {
    FOLDER.get_or_init(|| {
        let folder = tempfile::tempdir().expect("a folder");
        let path = folder.path().to_owned();
        // Servers that give up their rights read their files here.
        std::fs::set_permissions(&path, std::fs::Permissions::from_mode(0o755)).expect("a folder of our own");
        copy(&Path::new(env!("CARGO_MANIFEST_DIR")).join("../device-profiles/real"), &path);
        let status = Command::new("sh").arg(path.join("prepare.sh")).status().expect("a shell");
        assert!(status.success(), "prepare.sh ends with {status}: is openssl installed?");
        *KEPT.lock().expect("nobody panics while holding this") = Some(folder);
        path
    })
}

/// Takes the copy away.
pub(crate) fn remove() {
    drop(KEPT.lock().expect("nobody panics while holding this").take());
}

/// Two runs of this program at the same time must not meet, so each has a network of its own inside 127.0.0.0/8.
fn own_network(text: &str) -> String {
    text.replace("127.50.", &format!("127.{}.", 100 + std::process::id() % 150))
}

fn copy(from: &Path, to: &Path) {
    std::fs::create_dir_all(to).expect("a folder can be made");
    for entry in std::fs::read_dir(from).expect("the folder of the profiles").flatten() {
        let name = entry.file_name();
        if name.to_string_lossy().starts_with("state") {
            continue;
        }
        if entry.path().is_dir() {
            copy(&entry.path(), &to.join(name));
        } else {
            let text = std::fs::read_to_string(entry.path()).expect("profiles and configurations are text");
            std::fs::write(to.join(name), own_network(&text)).expect("a file can be written");
        }
    }
}
