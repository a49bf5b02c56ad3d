mod names;
mod orders;

use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use crate::command::Failure;
use crate::members::Member;
use names::Names;
use orders::ORDERS;

/// Checks that modules name only what stands below them, where that order is written down.
pub(crate) fn run(_: &[Member]) -> Result<(), Failure> {
    let mut faults = Vec::new();
    for order in ORDERS {
        faults.extend(order.faults(&|path| fs::read_to_string(path)));
        println!("{}: {} layers", order.root, order.layers.len());
    }
    if faults.is_empty() {
        return Ok(());
    }
    Err(Failure::new(format!(
        "sources and tests/xtask/src/layers/orders.rs differ:\n  {}",
        faults.join("\n  ")
    )))
}

/// The modules of a crate, or of one of its modules, and which of them may name which.
struct Order {
    /// The file that declares them. It stands above all of them.
    root: &'static str,
    /// Where that file is in its crate: empty for the crate's root.
    within: &'static [&'static str],
    /// From top to bottom. Modules name what stands in layers below their own, and nothing beside or above them.
    layers: &'static [&'static [&'static str]],
}

impl Order {
    /// Each way in which the sources differ from it; `read` gives the text of a file.
    fn faults(&self, read: &Read<'_>) -> Vec<String> {
        let within: Vec<_> = self.within.iter().map(|&name| name.to_owned()).collect();
        let root = match names_in(Path::new(self.root), &within, read) {
            Ok(root) => root,
            Err(fault) => return vec![fault],
        };
        let mut faults = Vec::new();
        for name in self.layers.iter().copied().flatten() {
            if !root.modules.iter().any(|module| module == name) {
                faults.push(format!("{}: there is no module `{name}`", self.root));
            }
        }
        for name in &root.modules {
            let Some(layer) = self.layer(name) else {
                faults.push(format!("{}: `{name}` is in no layer", self.root));
                continue;
            };
            let own = Own {
                order: self,
                name,
                layer,
                defined: &root.defined,
            };
            let module = [within.as_slice(), core::slice::from_ref(name)].concat();
            let file = self.folder().join(format!("{name}.rs"));
            own.add_faults(&file, &module, read, &mut faults);
        }
        faults.sort();
        faults.dedup();
        faults
    }

    /// How many layers stand above that of a module.
    fn layer(&self, name: &str) -> Option<usize> {
        self.layers.iter().position(|layer| layer.contains(&name))
    }

    /// Where the files of the modules are.
    fn folder(&self) -> PathBuf {
        let root = Path::new(self.root);
        match root.parent() {
            Some(folder) if self.within.is_empty() => folder.to_owned(),
            _ => root.with_extension(""),
        }
    }
}

/// One of the modules in order, with all that is in it.
struct Own<'o> {
    order: &'o Order,
    name: &'o str,
    layer: usize,
    /// What the root defines itself.
    defined: &'o [String],
}

impl Own<'_> {
    fn add_faults(
        &self,
        file: &Path,
        module: &[String],
        read: &Read<'_>,
        faults: &mut Vec<String>,
    ) {
        let names = match names_in(file, module, read) {
            Ok(names) => names,
            Err(fault) => return faults.push(fault),
        };
        for path in &names.paths {
            if let Some(fault) = self.fault(path) {
                let path = path.join("::");
                faults.push(format!("{}: `crate::{path}`: {fault}", file.display()));
            }
        }
        for name in &names.modules {
            let module = [module, core::slice::from_ref(name)].concat();
            let file = file.with_extension("").join(format!("{name}.rs"));
            self.add_faults(&file, &module, read, faults);
        }
    }

    /// What is wrong with naming this path.
    fn fault(&self, path: &[String]) -> Option<String> {
        let (start, rest) = path.split_at_checked(self.order.within.len())?;
        if start != self.order.within {
            return None;
        }
        let name = rest.first()?;
        if name == self.name {
            return None;
        }
        match self.order.layer(name) {
            Some(layer) if layer > self.layer => None,
            Some(_) => Some(format!("`{name}` does not stand below `{}`", self.name)),
            // A crate's root may have something of its own for all, such as a macro.
            None if self.order.within.is_empty() && self.defined.contains(name) => None,
            None => Some(format!("import `{name}` from the module that owns it")),
        }
    }
}

fn names_in(file: &Path, module: &[String], read: &Read<'_>) -> Result<Names, String> {
    let text = read(file).map_err(|error| format!("{}: {error}", file.display()))?;
    Names::read(&text, module).map_err(|error| format!("{}: {error}", file.display()))
}

type Read<'r> = dyn Fn(&Path) -> io::Result<String> + 'r;

#[cfg(test)]
mod tests {
    use super::*;

    const HOUSE: Order = Order {
        root: "house/src/lib.rs",
        within: &[],
        layers: &[&["roof"], &["bath", "kitchen"], &["cellar"]],
    };

    const ROOF: Order = Order {
        root: "house/src/roof.rs",
        within: &["roof"],
        layers: &[&["tile"], &["beam"]],
    };

    /// What is wrong with a house whose files are empty but for these.
    fn faults(order: &Order, files: &[(&str, &str)]) -> Vec<String> {
        const USUAL: [(&str, &str); 7] = [
            (
                "house/src/lib.rs",
                "mod bath; mod cellar; mod kitchen; mod roof; pub use roof::Roof; fn door() {}",
            ),
            ("house/src/roof.rs", "mod beam; mod tile; struct Gutter;"),
            ("house/src/roof/tile.rs", ""),
            ("house/src/roof/beam.rs", ""),
            ("house/src/bath.rs", ""),
            ("house/src/kitchen.rs", ""),
            ("house/src/cellar.rs", ""),
        ];
        order.faults(&|path| {
            let mut all = files.iter().chain(&USUAL);
            let found = all.find(|(name, _)| Path::new(name) == path);
            found
                .map(|(_, text)| String::from(*text))
                .ok_or_else(|| io::ErrorKind::NotFound.into())
        })
    }

    #[test]
    fn modules_name_what_stands_below_them_and_themselves() {
        let files = [
            (
                "house/src/roof.rs",
                "mod beam; mod tile; use crate::cellar; use crate::bath::Tub; use tile::Tile;",
            ),
            (
                "house/src/roof/tile.rs",
                "use super::beam; use crate::roof::beam::Wood; use super::super::kitchen;",
            ),
            (
                "house/src/bath.rs",
                "fn f() { super::cellar::open(); crate::door(); }",
            ),
            (
                "house/src/cellar.rs",
                "#[cfg(test)] mod tests { use crate::roof; }",
            ),
        ];
        assert_eq!(faults(&HOUSE, &files), [""; 0]);
        assert_eq!(faults(&ROOF, &files), [""; 0]);
    }

    #[test]
    fn a_module_that_names_what_stands_above_or_beside_it_is_found() {
        for (file, text, expected) in [
            (
                "cellar",
                "use crate::roof::Roof;",
                "`crate::roof::Roof`: `roof` does not stand below `cellar`",
            ),
            (
                "cellar",
                "use crate::{kitchen::{Pan, Pot}};",
                "`crate::kitchen::Pan`: `kitchen` does not stand below `cellar`",
            ),
            (
                "kitchen",
                "fn f() { super::bath::run() }",
                "`crate::bath::run`: `bath` does not stand below `kitchen`",
            ),
            (
                "bath",
                "mod tub { use super::super::roof; }",
                "`crate::roof`: `roof` does not stand below `bath`",
            ),
        ] {
            let file = format!("house/src/{file}.rs");
            let found = faults(&HOUSE, &[(&file, text)]);
            let first = found.first().map(String::as_str);
            assert_eq!(first, Some(&*format!("{file}: {expected}")), "{text}");
        }
    }

    #[test]
    fn a_file_below_a_module_counts_as_that_module() {
        let files = [
            ("house/src/bath.rs", "mod tub;"),
            ("house/src/bath/tub.rs", "mod plug; use crate::cellar;"),
            ("house/src/bath/tub/plug.rs", "use crate::kitchen;"),
        ];
        assert_eq!(
            faults(&HOUSE, &files),
            ["house/src/bath/tub/plug.rs: `crate::kitchen`: `kitchen` does not stand below `bath`"]
        );
    }

    #[test]
    fn names_from_the_root_are_found_but_for_its_own() {
        for (text, expected) in [
            (
                "use crate::Roof;",
                "`crate::Roof`: import `Roof` from the module that owns it",
            ),
            (
                "use super::*;",
                "`crate::*`: import `*` from the module that owns it",
            ),
        ] {
            let found = faults(&HOUSE, &[("house/src/kitchen.rs", text)]);
            assert_eq!(found, [format!("house/src/kitchen.rs: {expected}")]);
        }
        assert_eq!(
            faults(&HOUSE, &[("house/src/kitchen.rs", "use crate::door;")]),
            [""; 0]
        );
        // What a module defines for the modules in it would be a circle.
        assert_eq!(
            faults(&ROOF, &[("house/src/roof/beam.rs", "use super::Gutter;")]),
            [
                "house/src/roof/beam.rs: `crate::roof::Gutter`: import `Gutter` from the module that owns it"
            ]
        );
    }

    #[test]
    fn every_module_is_in_a_layer_and_every_layer_has_its_modules() {
        let files = [
            (
                "house/src/lib.rs",
                "mod attic; mod bath; mod kitchen; mod roof;",
            ),
            ("house/src/attic.rs", ""),
        ];
        assert_eq!(
            faults(&HOUSE, &files),
            [
                "house/src/lib.rs: `attic` is in no layer",
                "house/src/lib.rs: there is no module `cellar`",
            ]
        );
    }

    #[test]
    fn a_source_that_cannot_be_read_is_a_fault() {
        let gone = faults(&HOUSE, &[("house/src/bath.rs", "mod tub;")]);
        assert_eq!(gone.len(), 1, "{gone:?}");
        assert!(gone[0].starts_with("house/src/bath/tub.rs: "), "{gone:?}");
        let wrong = faults(&HOUSE, &[("house/src/bath.rs", "fn f( {")]);
        assert_eq!(wrong.len(), 1, "{wrong:?}");
    }
}
