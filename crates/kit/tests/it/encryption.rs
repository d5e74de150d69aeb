//! Encrypted texts and the key file.

use kit::encryption::Encryptor;
use kit::files;

#[test]
fn a_key_file_readable_by_others_is_refused_with_the_fix() {
    use std::os::unix::fs::PermissionsExt as _;
    let folder = std::env::temp_dir().join(format!("coresync_key_{}", std::process::id()));
    files::private_folder(&folder).expect("a folder");
    let path = folder.join("club.key");
    Encryptor::from_file(&path).expect("made for its owner alone");
    for loose in [0o644, 0o640, 0o604, 0o620, 0o601] {
        std::fs::set_permissions(&path, std::fs::Permissions::from_mode(loose)).expect("loosened");
        let refused = Encryptor::from_file(&path).expect_err("refused").to_string();
        assert!(refused.contains(&format!("chmod 600 {}", path.display())), "{refused}");
    }
    std::fs::set_permissions(&path, std::fs::Permissions::from_mode(0o400)).expect("tightened");
    Encryptor::from_file(&path).expect("read");
    std::fs::remove_dir_all(&folder).expect("removed");
}

#[test]
fn encrypted_text_decrypts_only_in_its_context_and_unchanged() {
    let encryptor = Encryptor::from_key(&[7; 32]).expect("32 bytes");
    let encrypted = encryptor.encrypt("people.note:1", "Almond oil").expect("encrypted");
    assert_eq!(encryptor.decrypt("people.note:1", &encrypted).expect("opened"), "Almond oil");
    assert!(encryptor.decrypt("people.note:2", &encrypted).is_err());
    for at in 0..encrypted.len() {
        let mut changed = encrypted.clone();
        changed[at] ^= 1;
        assert!(encryptor.decrypt("people.note:1", &changed).is_err(), "byte {at}");
    }
    assert!(Encryptor::from_key(&[8; 32]).expect("32 bytes").decrypt("people.note:1", &encrypted).is_err());
}
