use std::collections::BTreeMap;

use serde_json::Value;

use super::machine::said;

/// The releases of the packages that these workspaces are made of, the newest where there are several.
pub(super) fn versions() -> BTreeMap<String, String> {
    let mut versions = BTreeMap::new();
    for manifest in MANIFESTS {
        let command =
            format!("cargo metadata --locked --format-version 1 --manifest-path {manifest}");
        let metadata = said(&command).and_then(|said| serde_json::from_str(&said).ok());
        for (name, version) in packages(&metadata.unwrap_or(Value::Null)) {
            let known: &mut String = versions.entry(name).or_default();
            if numbers(known) < numbers(&version) {
                *known = version;
            }
        }
    }
    versions
}

fn packages(metadata: &Value) -> Vec<(String, String)> {
    let packages = metadata["packages"].as_array().cloned().unwrap_or_default();
    let text = |package: &Value, member: &str| Some(package[member].as_str()?.to_owned());
    packages
        .iter()
        .filter_map(|package| Some((text(package, "name")?, text(package, "version")?)))
        .collect()
}

const MANIFESTS: [&str; 3] = [
    "Cargo.toml",
    "benches/peers/Cargo.toml",
    "benches/peers/huskarl/Cargo.toml",
];

/// The numbers in a release's name, which compare as releases do.
fn numbers(version: &str) -> Vec<u64> {
    let numbers = version.split(|c: char| !c.is_ascii_digit());
    numbers.filter_map(|number| number.parse().ok()).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn releases_compare_by_number() {
        assert!(numbers("0.14.0") > numbers("0.9.10"));
        assert!(numbers("11.1.0") > numbers(""));
    }

    #[test]
    fn packages_are_read_from_what_cargo_prints() {
        let metadata = serde_json::json!({"packages": [{"name": "ring", "version": "0.17.14"}]});
        let expected = [(String::from("ring"), String::from("0.17.14"))];
        assert_eq!(packages(&metadata), expected);
        assert!(packages(&Value::Null).is_empty());
    }
}
