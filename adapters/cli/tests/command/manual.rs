use std::fs;

use crate::support::Folder;

#[test]
fn every_shell_gets_what_completes_every_command() {
    let folder = Folder::new();
    for shell in ["bash", "zsh", "fish", "elvish", "powershell"] {
        let script = folder.run(&["completions", shell]);
        assert_eq!((script.code, script.stderr.as_str()), (Some(0), ""));
        for part in ["doctor", "legacy-secret-file", "watch", "profile"] {
            assert!(script.stdout.contains(part), "{shell}: {part}");
        }
    }
    assert_eq!(folder.run(&["completions", "dos"]).code, Some(2));
}

#[cfg(target_os = "linux")]
#[test]
fn bash_completes_a_command_by_it() {
    let folder = Folder::new();
    folder.write("completions", folder.run(&["completions", "bash"]).stdout);
    let asked = r#". ./completions; COMP_WORDS=("$@"); COMP_CWORD=$(($# - 1))
        found=$(complete -p redox-auth); found=${found#*-F }
        ${found%% *} redox-auth "${@: -1}" "${@: -2:1}"; echo "${COMPREPLY[@]}""#;
    for (words, completed) in [
        (&["doc"][..], "doctor"),
        (&["key", "ro"], "rotate"),
        (&["key", "rotate", "--dry"], "--dry-run"),
        (&["key", "new", "--alg", "P"], "PS256"),
        (&["key", "new", "--bits", "4"], "4096"),
    ] {
        let output = std::process::Command::new("bash")
            .args(["-c", asked, "bash", "redox-auth"])
            .args(words)
            .current_dir(folder.path(""))
            .output()
            .unwrap();
        let shown = String::from_utf8_lossy(&output.stdout);
        assert_eq!(shown.trim(), completed, "{words:?}: {output:?}");
    }
}

#[cfg(target_os = "linux")]
#[test]
fn bash_completes_the_names_of_profiles_and_runs_none_of_them() {
    let folder = Folder::new();
    folder.write("completions", folder.run(&["completions", "bash"]).stdout);
    let config = "[staging]\n[production]\n[\"a b\"]\n[\"$(touch run)\"]\n";
    folder.write("config.toml", config);
    let asked = r#". ./completions; COMP_WORDS=("$@"); COMP_CWORD=$(($# - 1))
        found=$(complete -p redox-auth); found=${found#*-F }
        ${found%% *} redox-auth "${@: -1}" "${@: -2:1}"; printf '%s\n' "${COMPREPLY[@]}""#;
    let command = std::path::Path::new(env!("CARGO_BIN_EXE_redox-auth"));
    let path = format!("{}:/usr/bin:/bin", command.parent().unwrap().display());
    for (words, completed) in [
        (&["--profile", "st"][..], "staging\n"),
        (&["token", "--profile", "prod"], "production\n"),
        (&["serve", "--profiles", "s"], "staging\n"),
        (&["profile", "show", "p"], "production\n"),
        (
            &["token", "--profile", ""],
            "staging\nproduction\na\\ b\n\\$\\(touch\\ run\\)\n",
        ),
        (&["profile", "sh"], "show\n"),
    ] {
        let output = std::process::Command::new("bash")
            .args(["-c", asked, "bash", "redox-auth"])
            .args(words)
            .current_dir(folder.path(""))
            .env_clear()
            .env("PATH", &path)
            .env("REDOX_CONFIG", "config.toml")
            .output()
            .unwrap();
        let shown = String::from_utf8_lossy(&output.stdout);
        assert_eq!(shown, completed, "{words:?}: {output:?}");
    }
    assert!(!folder.path("run").exists());
}

#[test]
fn zsh_and_fish_ask_the_command_for_the_names_of_profiles() {
    let folder = Folder::new();
    let zsh = folder.run(&["completions", "zsh"]).result();
    let fish = folder.run(&["completions", "fish"]).result();
    let named = |script: &str, part: &str, end: &str| {
        let mut lines = script.lines().filter(|line| line.contains(part)).peekable();
        assert!(lines.peek().is_some(), "{part}");
        lines.for_each(|line| assert!(line.ends_with(end), "{line}"));
    };
    named(&zsh, "--profile=[", ":NAME:_redox-auth_profiles' \\");
    named(&zsh, "--profiles=[", ":NAME:_redox-auth_profiles' \\");
    named(&zsh, "'::name -- The profile", ":_redox-auth_profiles' \\");
    assert!(zsh.contains("\n_redox-auth_profiles() {"));
    let list = "-r -f -a \"(redox-auth profile list 2>/dev/null)\"";
    named(&fish, " -l profile ", list);
    named(&fish, " -l profiles ", list);
}

#[test]
fn the_manual_has_a_page_for_every_command() {
    let folder = Folder::new();
    // Nobody's variables get into it.
    let page = folder.call(&["man"]).env("REDOX_CLIENT_ID", "my-client");
    let page = page.run().done();
    assert!(page.contains(".TH redox-auth 1"), "{page}");
    folder
        .call(&["man", "--out", "a/b"])
        .env("REDOX_CLIENT_ID", "my-client")
        .run();
    for name in [
        "redox-auth",
        "redox-auth-token",
        "redox-auth-key-new",
        "redox-auth-serve",
    ] {
        let page = folder.read(&format!("a/b/{name}.1"));
        assert!(page.contains(".SH SYNOPSIS"), "{name}: {page}");
        assert!(page.contains("REDOX_PROFILE"), "{name}: {page}");
        assert!(!page.contains("my-client"), "{name}: {page}");
    }
    assert!(fs::read_dir(folder.path("a/b")).unwrap().count() >= 14);
    folder.write("file", "");
    let shown = folder.run(&["man", "--out", "file"]).failed(2);
    assert!(shown.contains("cannot write to file"), "{shown}");
}
