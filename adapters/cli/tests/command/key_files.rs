//! Keys as people have them, through files and variables, and what is no file.

use serde_json::Value;

use crate::support::{Folder, Redox, assert_hidden};

fn base64(content: &[u8]) -> String {
    use base64ct::Encoding as _;
    base64ct::Base64::encode_string(content)
}

#[test]
fn a_key_is_taken_as_it_is_found_with_a_note_about_what_was_unusual() {
    let folder = Folder::new();
    let jwks = folder.make_key("key.pem", "ES384");
    let pem = folder.read("key.pem");
    let der = pem_rfc7468::decode_vec(pem.as_bytes()).unwrap().1;
    let jwk: Value = serde_json::from_str(&jwks).unwrap();
    let utf16: Vec<u8> = pem.encode_utf16().flat_map(u16::to_le_bytes).collect();
    let marked = [&b"\xff\xfe"[..], &utf16].concat();
    for (content, note) in [
        (
            pem.replace('\n', "\\n").into_bytes(),
            "line ends written as `\\n`",
        ),
        (
            pem.replace('\n', "\\r\\n").into_bytes(),
            "line ends written as `\\n`",
        ),
        (
            base64(pem.as_bytes()).into_bytes(),
            "it is base64 as a whole",
        ),
        (base64(&der).into_bytes(), "it is base64 as a whole"),
        (utf16.clone(), "the text is in UTF-16"),
        (marked, "the text is in UTF-16"),
    ] {
        folder.write("key", &content);
        let outcome = folder.run(&["key", "jwks", "key"]);
        assert!(outcome.stderr.contains(note), "{outcome:#?}");
        let found: Value = serde_json::from_str(&outcome.result()).unwrap();
        assert_eq!(found, jwk, "{note}");
        let Ok(text) = String::from_utf8(content) else {
            continue;
        };
        if text.contains('\0') {
            continue;
        }
        let call = folder.call(&["assertion", "--client-id", "client-1"]);
        let outcome = call.env("REDOX_PRIVATE_KEY", text).run();
        assert!(outcome.stderr.contains(note), "{outcome:#?}");
        outcome.result();
    }
}

#[test]
fn a_jwk_for_something_else_than_signing_is_used_with_a_note() {
    let redox = Redox::start();
    // The key of RFC 7515, appendix A.3.
    let jwk = r#"{"kty":"EC","crv":"P-256","use":"enc",
        "x":"f83OJ3D2xF1Bg8vub9tLe1gHMzV76e8Tus9uPHvRVEU",
        "y":"x_FEzRu9m36HLN_tue659LNpXW6pCyStikYjKIWI5a0",
        "d":"jpsQnnGQmL-YBIffH1136cspYG6-0iY7X1fCE9-E9LI"}"#;
    redox.folder.write("key.jwk", jwk);
    let note = "private key in key.jwk: `use` of the JWK is \"enc\", which is not signing";
    let outcome = redox.folder.run(&["key", "jwks", "key.jwk"]);
    assert!(outcome.stderr.contains(note), "{outcome:#?}");
    assert_hidden(
        &outcome.result(),
        "jpsQnnGQmL-YBIffH1136cspYG6-0iY7X1fCE9-E9LI",
    );
    let call = redox.folder.call(&["doctor", "--client-id", "client-1"]);
    let call = call.args(&["--key", "key.jwk", "--base-url", "http://127.0.0.1:9"]);
    let shown = call.run().stdout;
    let line = "warn  key: key.jwk: `use` of the JWK is \"enc\"";
    assert!(shown.contains(line), "{shown}");
}

#[test]
fn an_id_with_a_line_end_is_refused_and_never_ok() {
    let redox = Redox::start();
    let client_id = format!("{}\n", redox.client_id);
    let found = "client ID: it ends with a line end; remove that";
    for command in ["token", "assertion", "doctor"] {
        let call = redox.folder.call(&[command, "--key", "key.pem"]);
        let outcome = call.env("REDOX_CLIENT_ID", &client_id).run();
        assert_eq!(outcome.code, Some(2), "{outcome:#?}");
        let shown = format!("{}{}", outcome.stdout, outcome.stderr);
        assert_eq!(shown.matches(found).count(), 1, "{outcome:#?}");
        assert!(!outcome.stdout.contains("ok    client ID"), "{outcome:#?}");
    }
    let call = redox.call(&["doctor"]).env("REDOX_KEY_ID", "key-1\n");
    let outcome = call.run();
    let line = "FAIL  key: private key in key.pem: key ID: it ends with a line end";
    assert!(outcome.stdout.contains(line), "{outcome:#?}");
    let call = redox.folder.call(&["doctor", "--legacy-key", "id "]);
    let shown = call.env("REDOX_LEGACY_SECRET", "secret").run().stdout;
    assert!(
        shown.contains("FAIL  legacy secret: legacy API key: "),
        "{shown}"
    );
}

#[cfg(unix)]
#[test]
fn what_is_no_file_is_named_within_bounds() {
    let folder = Folder::new();
    std::fs::create_dir(folder.path("folder")).unwrap();
    let pipe = std::process::Command::new("mkfifo")
        .arg(folder.path("pipe"))
        .status();
    assert!(pipe.unwrap().success());
    let gigabyte = std::fs::File::create(folder.path("gigabyte")).unwrap();
    gigabyte.set_len(1 << 30).unwrap();
    for (name, found) in [
        (
            "folder",
            "cannot read folder: expected a file, found a directory",
        ),
        (
            "pipe",
            "cannot read pipe: no program opened this pipe for writing within 5 s",
        ),
        (
            "gigabyte",
            "expected at most 65536 bytes, found more in gigabyte",
        ),
        (
            "/dev/zero",
            "expected at most 65536 bytes, found more in /dev/zero",
        ),
        (
            "a\u{1b}[2Jb",
            "expected the name of a file, found a line end or another control character",
        ),
    ] {
        let shown = folder.run(&["key", "jwks", name]).failed(2);
        assert!(shown.contains(found), "{shown}");
    }
}
