//! Files that are no files, and text around what is in them.

use std::fs;
use std::path::Path;

use base64::Engine as _;
use redox_auth_reqwest::{BuildError, FileProblem, Key, KeyNote, Redox, TakenOff};

const KEY: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/keys/corpus/p256.pem");

fn problem(path: &Path) -> FileProblem {
    Key::from_file(path).unwrap_err().problem
}

#[test]
fn a_path_without_a_regular_file_is_named() {
    let folder = tempfile::tempdir().unwrap();
    let said = problem(folder.path());
    assert!(matches!(said, FileProblem::Directory));
    assert_eq!(said.to_string(), "expected a file, found a directory");
    let said = problem(&folder.path().join("none"));
    assert!(matches!(said, FileProblem::Read(_)), "{said}");
    #[cfg(unix)]
    {
        let said = problem(Path::new("/dev/zero"));
        assert!(
            matches!(said, FileProblem::TooLong { limit: 65_536 }),
            "{said}"
        );
    }
    // As long as a gigabyte, of which nothing is on the disk.
    let long = folder.path().join("long");
    fs::File::create(&long).unwrap().set_len(1 << 30).unwrap();
    let said = problem(&long);
    assert!(
        matches!(said, FileProblem::TooLong { limit: 65_536 }),
        "{said}"
    );
}

#[test]
fn a_key_or_a_secret_in_place_of_its_file_is_not_shown() {
    let pem = fs::read_to_string(KEY).unwrap();
    let der = pem_rfc7468::decode_vec(pem.as_bytes()).unwrap().1;
    let secret = "0123456789abcdef0123456789abcdef01234567";
    let base64 = |content: &[u8]| base64::engine::general_purpose::STANDARD.encode(content);
    let line = pem.lines().nth(1).unwrap();
    for (text, found) in [
        (pem.clone(), "found the text of a private key; write "),
        (pem.replace('\n', ""), "found the text of a private key"),
        (base64(pem.as_bytes()), "found the text of a private key"),
        (base64(&der), "found a key or a certificate in base64"),
        (line.to_owned(), "found a key or a certificate in base64"),
        (
            secret.to_owned(),
            "found no file of this name, which is not shown",
        ),
        (
            "no\u{1b}[2J\nfile".to_owned(),
            "found a line end or another",
        ),
    ] {
        let error = Key::from_file(&text).unwrap_err();
        assert!(matches!(error.problem, FileProblem::Content(_)), "{error}");
        let shown = error.to_string();
        let start = format!("expected the name of a file, {found}");
        assert!(shown.starts_with(&start), "{shown}");
        let shown = format!("{shown} {error:?}");
        for part in [
            &base64(&der)[8..20],
            line,
            &text,
            &base64(pem.as_bytes())[..40],
        ] {
            assert!(!shown.contains(part), "{shown}");
        }
    }
    // A file may have such a name.
    let folder = tempfile::tempdir().unwrap();
    fs::copy(KEY, folder.path().join(secret)).unwrap();
    assert!(Key::from_file(folder.path().join(secret)).is_ok());
}

#[test]
fn everything_unusual_is_a_note() {
    let pem = fs::read_to_string(KEY).unwrap();
    assert_eq!(Key::parse(pem.as_bytes()).unwrap().notes(), []);
    let escaped = pem.replace('\n', "\\n");
    let key = Key::parse(escaped.as_bytes()).unwrap();
    assert_eq!(key.notes(), [KeyNote::TakenOff(TakenOff::Escapes)]);
    assert_eq!((key.form(), key.rsa_bits()), (Some("PKCS#8 in PEM"), None));
}

#[test]
fn a_jwk_for_another_purpose_than_signing_is_a_note() {
    let notes = |jwk| {
        let notes = KeyNote::of_jwk(jwk);
        notes.iter().map(ToString::to_string).collect::<Vec<_>>()
    };
    for fine in [
        r#"{"use":"sig","key_ops":["sign"],"alg":"ES256"}"#,
        r#"{"key_ops":["verify"]}"#,
        r#"{"use":null}"#,
        "{}",
        "no JSON",
    ] {
        assert_eq!(notes(fine), [""; 0], "{fine}");
    }
    let other = notes(r#"{"use":"enc","key_ops":["deriveKey"],"alg":"ECDH-ES"}"#);
    let expected = [
        ("use", r#""enc""#),
        ("key_ops", r#"["deriveKey"]"#),
        ("alg", r#""ECDH-ES""#),
    ];
    let expected = expected.map(|(member, found)| {
        format!(
            "`{member}` of the JWK is {found}, which is not signing; servers may refuse the key"
        )
    });
    assert_eq!(other, expected);
}

#[test]
fn an_id_with_white_space_around_it_is_an_error_with_the_character() {
    let pem = fs::read(KEY).unwrap();
    for (around, found) in [
        ("{}\n", "ends with a line end"),
        ("{}\r\n", "ends with a line end"),
        (" {}", "starts with a space"),
        ("{}\t", "ends with a tab"),
        ("\u{feff}{}", "starts with a byte-order mark"),
        ("{}\u{a0}", "ends with a no-break space"),
        ("{}\u{200b}", "ends with an invisible character"),
    ] {
        let id = around.replace("{}", "3f2a");
        let expected = format!("it {found}; remove that");
        let key = || Key::parse(&pem).unwrap();
        for (client, name) in [
            (Redox::builder().oauth_key(&id, key()), "client ID"),
            (Redox::builder().client_id(&id).no_key(), "client ID"),
            (Redox::builder().legacy_key(&id, "secret"), "legacy API key"),
        ] {
            let error = client.build().unwrap_err();
            assert!(matches!(error, BuildError::Id { .. }), "{error}");
            assert_eq!(error.to_string(), format!("{name}: {expected}"));
        }
        let error = Key::parse_with_key_id(&id, &pem).unwrap_err();
        assert_eq!(error.to_string(), format!("key ID: {expected}"));
        let key = Key::from_signer(id, key());
        let error = Redox::builder().oauth_key("client-1", key).build();
        assert_eq!(
            error.unwrap_err().to_string(),
            format!("key ID: {expected}")
        );
    }
}

#[test]
fn an_rsa_key_of_4096_bits_is_read_and_a_longer_one_is_an_error_with_its_length() {
    let jwk = include_str!("corpus/rsa4096.jwk");
    let long = format!("{{\"kid\":\"{}\\u0041\",{}", "k".repeat(3000), &jwk[1..]);
    let key = Key::parse(long.as_bytes()).unwrap();
    assert_eq!((key.key_id().len(), key.rsa_bits()), (3001, Some(4096)));
    let said = Key::parse(include_bytes!("corpus/rsa8192.pem")).unwrap_err();
    assert!(
        said.to_string().contains("found one of 8192 bits"),
        "{said}"
    );
}

#[test]
fn the_command_for_a_key_in_json_names_its_member_and_its_file() {
    let jwk = include_str!("corpus/rsa4096.jwk");
    let wrapped = format!("{{\"KEYFILE\":{jwk}}}");
    let command = |content: &str| Key::parse(content.as_bytes()).unwrap_err().command();
    let jq = |file| format!(r#"(umask 077 && jq -r '.["KEYFILE"]' {file} > key.pem)"#);
    assert_eq!(command(&wrapped).unwrap(), jq("FILE"));
    let in_base64 = base64::engine::general_purpose::STANDARD.encode(&wrapped);
    let expected = format!(
        "(umask 077 && base64 -d FILE > key.tmp && {}; rm -f key.tmp)",
        jq("key.tmp")
    );
    assert_eq!(command(&in_base64).unwrap(), expected);
    // Only Python decodes it unchanged.
    let for_urls = base64::engine::general_purpose::URL_SAFE_NO_PAD;
    let note = "\u{bf}".repeat(9);
    let for_urls = for_urls.encode(format!(r#"{{"note":"{note}",{}"#, &wrapped[1..]));
    assert!(for_urls.contains(['-', '_']), "{for_urls}");
    let decoded = command(&for_urls).unwrap();
    assert!(
        decoded.starts_with("(umask 077 && python3 -c "),
        "{decoded}"
    );
}

#[test]
fn json_around_public_keys_is_not_said_to_hold_a_private_one() {
    let public = include_str!("corpus/jwk_public.jwk");
    let said = Key::parse(format!("{{\"server\":{public}}}").as_bytes()).unwrap_err();
    assert_eq!(said.command(), None, "{said}");
}

#[test]
fn two_keys_are_on_the_lines_that_an_editor_shows() {
    let two = format!("\n\n{}", include_str!("corpus/two_keys.pem"));
    let said = Key::parse(two.as_bytes()).unwrap_err().to_string();
    assert!(
        said.contains(": on line 3, ") && said.contains(" on line 18, "),
        "{said}"
    );
}
