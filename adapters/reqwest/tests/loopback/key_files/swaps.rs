//! How other programs replace files.

use std::fs;
use std::os::unix::fs::symlink;
use std::path::Path;

use redox_auth_reqwest::Redox;

use super::support::Place;

/// Puts this content into `key.jwk` of a folder, for the time of this number.
pub(super) type Swap = fn(&Path, usize, &str);

/// The ways of Kubernetes, of Vault's agent, and of a program that overwrites the file.
pub(super) const SWAPS: [Swap; 3] = [
    swap_like_kubernetes,
    swap_like_vault,
    swap_in_place_unnoticed,
];

/// Like the kubelet of Kubernetes: a new folder, and a link to it that is renamed over the old link. The old folder is deleted.
fn swap_like_kubernetes(volume: &Path, time: usize, content: &str) {
    let (file, data) = (volume.join("key.jwk"), volume.join("..data"));
    let before = fs::read_link(&data).ok();
    let folder = format!("..2026_11_30_09_00_00.{time}");
    fs::create_dir(volume.join(&folder)).unwrap();
    fs::write(volume.join(&folder).join("key.jwk"), content).unwrap();
    symlink(&folder, volume.join("..data_tmp")).unwrap();
    fs::rename(volume.join("..data_tmp"), &data).unwrap();
    if !file.is_symlink() {
        // Once, when the volume is made; here it may take the place of a file.
        symlink("..data/key.jwk", volume.join("key.jwk_tmp")).unwrap();
        fs::rename(volume.join("key.jwk_tmp"), &file).unwrap();
    }
    if let Some(before) = before {
        fs::remove_dir_all(volume.join(before)).unwrap();
    }
}

/// Like Vault's agent: a new file is renamed over the old one.
fn swap_like_vault(volume: &Path, time: usize, content: &str) {
    let temporary = volume.join(format!("key.jwk.{time}"));
    fs::write(&temporary, content).unwrap();
    fs::rename(temporary, volume.join("key.jwk")).unwrap();
}

/// Like `cp -p` and `touch -r`: in place, with the time and the length of the old content.
fn swap_in_place_unnoticed(volume: &Path, _: usize, content: &str) {
    let file = volume.join("key.jwk");
    let before = fs::metadata(&file).ok();
    fs::write(&file, content).unwrap();
    if let Some(before) = before {
        let file = fs::File::options().write(true).open(&file).unwrap();
        file.set_modified(before.modified().unwrap()).unwrap();
    }
}

#[tokio::test]
async fn files_are_read_again_however_they_are_replaced() {
    for swap in SWAPS {
        let place = Place::with_key("first").await;
        let volume = tempfile::tempdir().unwrap();
        swap(volume.path(), 0, &place.prepare("first"));
        let redox = Redox::builder()
            .base_url(place.sandbox.server.base_url())
            .key_file(&place.client_id, volume.path().join("key.jwk"))
            .clock(place.clocks.now())
            .build()
            .unwrap();
        for (time, key_id) in (1..).zip(["other", "third", "first", "other"]) {
            swap(volume.path(), time, &place.prepare(key_id));
            place.register(&[key_id]);
            place.clocks.advance_secs(300);
            let token = redox.token().await.unwrap();
            assert_eq!(token.key_id(), Some(key_id));
            assert_eq!(usize::try_from(redox.files()[0].changes), Ok(time));
        }
        assert_eq!(redox.counters().refusals, 0);
    }
}
