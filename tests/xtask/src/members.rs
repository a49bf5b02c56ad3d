use std::path::{Path, PathBuf};

use serde_json::Value;

use crate::command::{Failure, Run, from_root};

/// A crate of the workspace, as cargo describes it: a new one takes part in every step without being listed here.
#[derive(Debug, Default, Eq, PartialEq)]
pub(crate) struct Member {
    pub(crate) name: String,
    pub(crate) version: String,
    /// Whether others can depend on it by its version.
    pub(crate) is_published: bool,
    /// From the root of the workspace.
    pub(crate) folder: PathBuf,
    /// The folders of the crates of ours that it depends on, for whatever.
    pub(crate) needs: Vec<PathBuf>,
    /// Its features but `default`.
    pub(crate) features: Vec<String>,
    pub(crate) has_benches: bool,
    /// Its library says `doctest = false`. `cargo test --doc` runs them nevertheless when the crate is named.
    pub(crate) skips_doc_tests: bool,
    /// The names of its programs.
    pub(crate) programs: Vec<String>,
}

impl Member {
    /// What devices link must hold with any of its features, so it is checked with more than one set of them.
    pub(crate) fn is_for_devices(&self) -> bool {
        [
            "redox-auth-core",
            "redox-auth-embedded-tls",
            "redox-auth-gateway",
            "redox-auth-mllp",
        ]
        .contains(&self.name.as_str())
    }

    /// Whether programs with an operating system depend on it. The command is no library.
    pub(crate) fn is_library_for_services(&self) -> bool {
        let is_of = |folder| self.folder.starts_with(folder);
        !self.is_for_devices()
            && self.programs.is_empty()
            && ["adapters", "core"].into_iter().any(is_of)
    }

    /// Arguments that pick no feature, each one alone, and all of them.
    pub(crate) fn feature_sets(&self) -> Vec<String> {
        let mut sets = vec![String::from("--no-default-features")];
        for feature in &self.features {
            sets.push(format!("--no-default-features --features {feature}"));
        }
        sets.push(String::from("--all-features"));
        sets
    }
}

/// The members of the workspace, in the order of its manifest.
pub(crate) fn members() -> Result<Vec<Member>, Failure> {
    let metadata = Run::cargo("metadata --no-deps --format-version 1").output()?;
    let metadata = serde_json::from_str(&metadata)
        .map_err(|error| Failure::new(format!("cargo metadata: {error}")))?;
    let members = parse(&metadata);
    if members.is_empty() {
        return Err(Failure::new(
            "cargo metadata names no member of the workspace",
        ));
    }
    Ok(members)
}

/// The names of a package's targets of this kind.
fn targets(package: &Value, kind: &str) -> Vec<String> {
    list(&package["targets"])
        .iter()
        .filter(|target| list(&target["kind"]).contains(&Value::from(kind)))
        .filter_map(|target| target["name"].as_str().map(str::to_owned))
        .collect()
}

fn list(value: &Value) -> Vec<Value> {
    value.as_array().cloned().unwrap_or_default()
}

fn parse(metadata: &Value) -> Vec<Member> {
    list(&metadata["packages"])
        .iter()
        .filter_map(|package| {
            let features = package["features"].as_object()?;
            Some(Member {
                name: package["name"].as_str()?.to_owned(),
                version: package["version"].as_str()?.to_owned(),
                is_published: package["publish"].is_null(),
                folder: from_root(Path::new(package["manifest_path"].as_str()?).parent()?),
                needs: list(&package["dependencies"])
                    .iter()
                    .filter_map(|dependency| dependency["path"].as_str())
                    .map(|path| from_root(Path::new(path)))
                    .collect(),
                features: features
                    .keys()
                    .filter(|name| *name != "default")
                    .cloned()
                    .collect(),
                has_benches: !targets(package, "bench").is_empty(),
                skips_doc_tests: list(&package["targets"]).iter().any(|target| {
                    list(&target["kind"]).contains(&Value::from("lib"))
                        && target["doctest"] == false
                }),
                programs: targets(package, "bin"),
            })
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::command::root;

    #[test]
    fn the_workspace_has_its_core_and_this_crate() {
        let members = members().unwrap();
        assert!(members.iter().any(Member::is_for_devices));
        assert!(
            members
                .iter()
                .any(|member| member.name == "redox-auth-xtask")
        );
    }

    #[test]
    fn features_are_tried_alone_and_together() {
        let metadata = serde_json::json!({ "packages": [{
            "name": "redox-auth-core",
            "version": "0.1.0",
            "publish": null,
            "manifest_path": root().join("core/Cargo.toml"),
            "dependencies": [
                { "name": "redox-auth-sandbox", "path": root().join("tests/sandbox") },
                { "name": "serde" },
            ],
            "features": { "default": [], "es256": [], "rs384": [] },
            "targets": [
                { "kind": ["lib"], "name": "core", "doctest": false },
                { "kind": ["bench"], "name": "speed" },
                { "kind": ["bin"], "name": "tool" },
            ],
        }]});
        let members = parse(&metadata);
        let [core] = members.as_slice() else {
            panic!("{members:?}");
        };
        assert!(core.is_for_devices() && core.has_benches && core.skips_doc_tests);
        assert!(core.is_published && core.version == "0.1.0");
        assert_eq!(core.folder, Path::new("core"));
        assert_eq!(core.needs, [Path::new("tests/sandbox")]);
        assert_eq!(core.programs, ["tool"]);
        assert_eq!(
            core.feature_sets(),
            [
                "--no-default-features",
                "--no-default-features --features es256",
                "--no-default-features --features rs384",
                "--all-features",
            ]
        );
    }
}
