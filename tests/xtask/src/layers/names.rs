use proc_macro2::{Delimiter, Group, TokenStream, TokenTree};

/// The modules and paths that a source file names, those for tests apart.
#[derive(Debug, Default)]
pub(super) struct Names {
    /// The modules that it declares and whose text is in another file.
    pub(super) modules: Vec<String>,
    /// The items that it defines itself, outside of every block.
    pub(super) defined: Vec<String>,
    /// The paths that begin with `crate`, `super` or `self`, as seen from the crate's root.
    pub(super) paths: Vec<Vec<String>>,
}

impl Names {
    /// Reads the text of `module`, a path from the crate's root.
    ///
    /// It reads tokens, so comments and strings name nothing, and the arguments of macros do.
    pub(super) fn read(text: &str, module: &[String]) -> Result<Self, String> {
        let tokens: TokenStream = text.parse().map_err(|error| format!("{error}"))?;
        let tokens: Vec<_> = tokens.into_iter().collect();
        let mut names = Self {
            defined: defined(&tokens),
            ..Self::default()
        };
        names.take(&tokens, module);
        Ok(names)
    }

    fn take(&mut self, tokens: &[TokenTree], module: &[String]) {
        use TokenTree::{Group, Ident};
        let mut rest = tokens;
        while let [first, behind @ ..] = rest {
            rest = match rest {
                [hash, Group(attribute), item @ ..] if is(hash, '#') && is_for_tests(attribute) => {
                    behind_item(item)
                }
                [Ident(word), Ident(name), Group(body), behind @ ..] if word == "mod" => {
                    let inner = [module, &[name.to_string()]].concat();
                    self.take(&list(body), &inner);
                    behind
                }
                [Ident(word), Ident(name), behind @ ..] if word == "mod" => {
                    self.modules.push(name.to_string());
                    behind
                }
                [Ident(word), colon, ..]
                    if is(colon, ':') && STARTS.iter().any(|it| word == it) =>
                {
                    self.take_path(module.to_vec(), rest)
                }
                _ => {
                    if let Group(group) = first {
                        self.take(&list(group), module);
                    }
                    behind
                }
            };
        }
    }

    /// Takes the path that `tokens` begin with, or several when it ends in braces, and gives what follows.
    fn take_path<'t>(&mut self, mut path: Vec<String>, tokens: &'t [TokenTree]) -> &'t [TokenTree] {
        let mut rest = tokens;
        loop {
            match rest {
                [TokenTree::Ident(name), behind @ ..] => {
                    match name.to_string().as_str() {
                        "crate" => path.clear(),
                        "super" => _ = path.pop(),
                        "self" => (),
                        name => path.push(name.to_owned()),
                    }
                    rest = behind;
                }
                [TokenTree::Group(braces), behind @ ..] => {
                    for part in list(braces).split(|token| is(token, ',')) {
                        self.take_path(path.clone(), part);
                    }
                    return behind;
                }
                [star, behind @ ..] if is(star, '*') => {
                    path.push("*".to_owned());
                    rest = behind;
                }
                _ => break,
            }
            match rest {
                [first, second, behind @ ..] if is(first, ':') && is(second, ':') => rest = behind,
                _ => break,
            }
        }
        self.paths.push(path);
        rest
    }
}

/// Whether this is what follows `#` before an item that only tests have.
fn is_for_tests(attribute: &Group) -> bool {
    let is_test = |token: &TokenTree| matches!(token, TokenTree::Ident(word) if word == "test");
    match list(attribute).as_slice() {
        [TokenTree::Ident(cfg), TokenTree::Group(condition)] if cfg == "cfg" => {
            match list(condition).as_slice() {
                [only] => is_test(only),
                [TokenTree::Ident(all), TokenTree::Group(each)] if all == "all" => {
                    list(each).iter().any(is_test)
                }
                _ => false,
            }
        }
        _ => false,
    }
}

/// What follows the item that `tokens` begin with.
fn behind_item(tokens: &[TokenTree]) -> &[TokenTree] {
    let is_end = |token: &TokenTree| match token {
        TokenTree::Group(group) => group.delimiter() == Delimiter::Brace,
        _ => is(token, ';') || is(token, ','),
    };
    let len = tokens.iter().position(is_end).unwrap_or(tokens.len());
    tokens
        .get(len..)
        .and_then(<[_]>::split_first)
        .map_or(&[], |(_, behind)| behind)
}

fn defined(tokens: &[TokenTree]) -> Vec<String> {
    let items = tokens.windows(2).filter_map(|pair| match pair {
        [TokenTree::Ident(word), TokenTree::Ident(name)]
            if ITEMS.iter().any(|item| word == item) =>
        {
            Some(name.to_string())
        }
        _ => None,
    });
    let macros = tokens.windows(3).filter_map(|three| match three {
        [TokenTree::Ident(word), _, TokenTree::Ident(name)] if word == "macro_rules" => {
            Some(name.to_string())
        }
        _ => None,
    });
    items.chain(macros).collect()
}

fn list(group: &Group) -> Vec<TokenTree> {
    group.stream().into_iter().collect()
}

fn is(token: &TokenTree, sign: char) -> bool {
    matches!(token, TokenTree::Punct(punct) if punct.as_char() == sign)
}

const STARTS: [&str; 3] = ["crate", "super", "self"];

const ITEMS: [&str; 8] = [
    "fn", "struct", "enum", "union", "trait", "type", "const", "static",
];

#[cfg(test)]
mod tests {
    use super::Names;

    /// The paths that this text of the module `crate::room::desk` names.
    fn paths(text: &str) -> Vec<String> {
        let module = ["room", "desk"].map(str::to_owned);
        let names = Names::read(text, &module).unwrap();
        names.paths.iter().map(|path| path.join("::")).collect()
    }

    #[test]
    fn paths_are_found_wherever_they_stand_and_seen_from_the_root() {
        for (text, expected) in [
            ("use crate::hall::Door;", &["hall::Door"][..]),
            ("use super::lamp::Bulb as Light;", &["room::lamp::Bulb"]),
            ("use super::super::hall;", &["hall"]),
            ("use self::drawer::Pen;", &["room::desk::drawer::Pen"]),
            ("use crate::*;", &["*"]),
            (
                "use crate::{hall::{self, Door, key::*}, Roof};",
                &["hall", "hall::Door", "hall::key::*", "Roof"],
            ),
            ("pub(in crate::hall) fn open() {}", &["hall"]),
            ("fn f() { g(crate::hall::door::<u8>()) }", &["hall::door"]),
            ("fn f(door: &crate::hall::Door) {}", &["hall::Door"]),
            (
                "fn f() { match crate::hall::now() { _ => () } }",
                &["hall::now"],
            ),
            (r#"write!(f, "{}", crate::hall::NAME)"#, &["hall::NAME"]),
            (
                "macro_rules! m { () => { $crate::hall::open() } }",
                &["hall::open"],
            ),
            ("mod drawer { use super::super::lamp; }", &["room::lamp"]),
            ("#[cfg(not(test))] use crate::hall;", &["hall"]),
            ("#[cfg(any(test, unix))] use crate::hall;", &["hall"]),
        ] {
            assert_eq!(paths(text), expected, "{text}");
        }
    }

    #[test]
    fn comments_strings_and_tests_name_nothing() {
        for text in [
            "// crate::hall",
            "/* /* crate::hall */ crate::hall */",
            "/// See [`Door`](crate::hall::Door).\nstruct Desk;",
            r##"const TEXT: &str = r#"" use crate::hall;"#;"##,
            "pub(crate) fn open(&self) -> char { self.pen(); ':' }",
            "pub(super) struct Pen<'crate_>(&'crate_ str);",
            "#[cfg(test)] mod tests { use crate::hall; }",
            "#[cfg(test)] #[path = \"x.rs\"] mod tests;",
            "#[cfg(all(test, unix))] use crate::hall::Door;",
        ] {
            assert_eq!(paths(text), [""; 0], "{text}");
        }
        for text in [
            "#[cfg(test)] use crate::hall; use crate::roof;",
            "#[cfg(test)] mod tests {} fn f() { crate::roof }",
            "struct Desk { #[cfg(test)] door: crate::hall::Door, pen: crate::roof }",
        ] {
            assert_eq!(paths(text), ["roof"], "{text}");
        }
    }

    #[test]
    fn modules_in_files_and_items_are_told_apart() {
        let text =
            "pub mod hall; mod room {} #[cfg(test)] mod tests; const fn f() {} macro_rules! m {}";
        let names = Names::read(text, &[]).unwrap();
        assert_eq!(names.modules, ["hall"]);
        for item in ["f", "m"] {
            assert!(names.defined.iter().any(|it| it == item), "{item}");
        }
    }

    #[test]
    fn what_is_no_rust_is_no_source() {
        assert!(Names::read("fn f( {", &[]).is_err());
    }
}
