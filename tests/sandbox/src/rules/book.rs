use toml::{Table, Value};

use super::error::RulesError;

/// The files of these names, each with its text.
macro_rules! files {
    ($($name:literal),* $(,)?) => {
        [$(($name, include_str!(concat!("../../servers/", $name, ".toml")))),*]
    };
}

/// The files of servers, by name.
pub(super) const FILES: &[(&str, &str)] = &files![
    "aidbox",
    "athena",
    "auth0",
    "careevolution",
    "cdr",
    "cerner",
    "docusign",
    "dpc",
    "duende-strict",
    "ecw",
    "entra",
    "epic",
    "google",
    "health-gorilla",
    "helseid",
    "ibm-verify",
    "idcs",
    "isik",
    "keycloak",
    "maskinporten",
    "meditech",
    "medplum",
    "nextgen-enterprise",
    "nextgen-office",
    "nhs",
    "okta",
    "pdnd",
    "pingone",
    "proda",
    "redox",
    "rfc7523",
    "salesforce",
    "singpass",
    "smart",
    "udap",
    "unified",
    "va",
    "zeta",
];

/// The file of this name, merged with the files that it extends.
pub(super) fn file(name: &str) -> Result<Table, RulesError> {
    let text = text(name).ok_or_else(|| RulesError::Unknown(name.to_owned()))?;
    table(text, 0)
}

/// The file with this text, merged with the files that it extends.
pub(super) fn table(text: &str, depth: usize) -> Result<Table, RulesError> {
    let mut own: Table = text.parse().map_err(RulesError::invalid)?;
    let Some(extended) = own.remove("extends") else {
        return Ok(own);
    };
    let text = extended.as_str().and_then(self::text);
    let Some(text) = text.filter(|_| depth < DEEPEST) else {
        let kind = || extended.type_str().to_owned();
        let found = extended
            .as_str()
            .map_or_else(kind, |name| format!("{name:?}"));
        return Err(RulesError::invalid(format_args!(
            "extends: expected the name of another server, found {found}"
        )));
    };
    let mut table = table(text, depth.saturating_add(1))?;
    merge(&mut table, own);
    Ok(table)
}

fn text(name: &str) -> Option<&'static str> {
    let file = FILES.iter().find(|(own, _)| *own == name);
    file.map(|(_, text)| *text)
}

/// Replaces values of `table` with those of `over`. Merges tables, but not lists.
fn merge(table: &mut Table, over: Table) {
    for (name, value) in over {
        match (table.get_mut(&name), value) {
            (Some(Value::Table(old)), Value::Table(new)) => merge(old, new),
            (_, value) => {
                table.insert(name, value);
            }
        }
    }
}

/// The greatest number of files that extend one another.
const DEEPEST: usize = 4;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_changes_what_it_names_of_the_one_that_it_extends() {
        let mut table: Table = "a = 1\n[b]\nc = 2\nd = [1, 2]".parse().unwrap();
        merge(&mut table, "[b]\nd = [3]\ne = 4".parse().unwrap());
        let merged: Table = "a = 1\n[b]\nc = 2\nd = [3]\ne = 4".parse().unwrap();
        assert_eq!(table, merged);
    }

    #[test]
    fn a_file_extends_none_that_is_not_there() {
        for text in ["extends = \"nobody\"", "extends = 1", "= ", "a = 1\na = 2"] {
            assert!(
                matches!(table(text, 0), Err(RulesError::Invalid(_))),
                "{text}"
            );
        }
        assert!(matches!(
            table("extends = \"epic\"", DEEPEST),
            Err(RulesError::Invalid(_))
        ));
    }
}
