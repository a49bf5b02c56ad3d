//! The names of profiles in completion scripts. The dynamic completion of `clap_complete` could offer them, but is not
//! stable yet (as of 4.6). Therefore the scripts ask the command itself.

use clap_complete::Shell;

/// The script with completion for names of profiles. Scripts for other shells stay as they are.
pub(super) fn added(shell: Shell, script: &str) -> String {
    match shell {
        Shell::Bash => bash(script),
        Shell::Zsh => zsh(script),
        Shell::Fish => fish(script),
        _ => script.to_owned(),
    }
}

fn bash(script: &str) -> String {
    let mut lines = vec![BASH.to_owned()];
    let mut is_option = false;
    let mut is_show = false;
    for line in script.lines() {
        let trimmed = line.trim();
        let files = r#"COMPREPLY=($(compgen -f "${cur}"))"#;
        lines.push(match trimmed == files && is_option {
            true => line.replace(files, r#"_redox_auth_profiles "${cur}""#),
            false => line.to_owned(),
        });
        if is_show {
            lines.push(BASH_SHOW.to_owned());
        }
        is_option = ["--profile)", "--profiles)"].contains(&trimmed);
        is_show = trimmed == "redox__auth__subcmd__profile__subcmd__show)";
    }
    lines.join("\n") + "\n"
}

fn zsh(script: &str) -> String {
    let names = |line: &str| {
        let options = ["'--profile=[", "'*--profiles=["];
        let is_option = options.iter().any(|start| line.starts_with(start));
        let is_argument = line.starts_with("'::name -- The profile to show");
        match is_option || is_argument {
            true => line.replacen(":_default'", ":_redox-auth_profiles'", 1),
            false => line.to_owned(),
        }
    };
    let end = "if [ \"$funcstack[1]\" = \"_redox-auth\" ]; then";
    let lines: Vec<_> = script.lines().map(names).collect();
    let script = lines.join("\n").replacen(end, &format!("{ZSH}{end}"), 1);
    script + "\n"
}

fn fish(script: &str) -> String {
    let names = |line: &str| {
        let is_option = line.contains(" -l profile -d ") || line.contains(" -l profiles -d ");
        match is_option && line.ends_with(" -r") {
            true => format!("{line} -f -a \"{LIST}\""),
            false => line.to_owned(),
        }
    };
    let lines: Vec<_> = script.lines().map(names).collect();
    let using = "__fish_redox_auth_using_subcommand profile; and __fish_seen_subcommand_from show";
    let show = format!("complete -c redox-auth -n \"{using}\" -f -a \"{LIST}\"");
    // Before the user begins the name, the conditions of the other lines do not hold.
    let anywhere = format!("complete -c redox-auth -l profile -r -f -a \"{LIST}\"");
    format!("{}\n{show}\n{anywhere}\n", lines.join("\n"))
}

/// A name is data: `compgen -W` would expand it.
const BASH: &str = r#"_redox_auth_profiles() {
    local name
    COMPREPLY=()
    while IFS= read -r name; do
        if [[ ${name} == "${1}"* ]]; then
            COMPREPLY+=("$(printf '%q' "${name}")")
        fi
    done < <(redox-auth profile list 2>/dev/null)
}
"#;

const BASH_SHOW: &str = r#"            if [[ ${cur} != -* && ${prev} == show ]] ; then
                _redox_auth_profiles "${cur}"
                return 0
            fi"#;

const ZSH: &str = r#"(( $+functions[_redox-auth_profiles] )) ||
_redox-auth_profiles() {
    local -a names
    names=(${(f)"$(redox-auth profile list 2>/dev/null)"})
    compadd -a names
}

"#;

const LIST: &str = "(redox-auth profile list 2>/dev/null)";
