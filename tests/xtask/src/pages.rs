//! The pages of the documentation: no link between them leads nowhere.

use std::fs;
use std::path::{Path, PathBuf};

use crate::command::{Failure, target_dir};

/// Follows every link within the pages of our crates.
pub(crate) fn check() -> Result<(), Failure> {
    let mut dead = Vec::new();
    let mut pages = 0_usize;
    for entry in fs::read_dir(target_dir().join("doc"))? {
        let folder = entry?.path();
        let name = folder.file_name().unwrap_or_default().to_string_lossy();
        if folder.is_dir() && name.starts_with("redox_auth") {
            pages = pages.saturating_add(check_folder(&folder, &mut dead)?);
        }
    }
    if pages == 0 {
        return Err(Failure::new("found no page of documentation"));
    }
    if !dead.is_empty() {
        return Err(Failure::new(format!(
            "links in the documentation that lead nowhere:\n{}",
            dead.join("\n")
        )));
    }
    println!("{pages} pages, no dead link between them");
    Ok(())
}

fn check_folder(folder: &Path, dead: &mut Vec<String>) -> Result<usize, Failure> {
    let mut pages = 0_usize;
    for entry in fs::read_dir(folder)? {
        let path = entry?.path();
        if path.is_dir() {
            pages = pages.saturating_add(check_folder(&path, dead)?);
        } else if path.extension().is_some_and(|it| it == "html") {
            pages = pages.saturating_add(1);
            let page = fs::read_to_string(&path)?;
            let here = path.parent().unwrap_or(folder);
            let missing = links(&page).filter(|link| !leads_somewhere(here, link));
            dead.extend(missing.map(|link| format!("{}: {link}", path.display())));
        }
    }
    Ok(pages)
}

fn links(page: &str) -> impl Iterator<Item = &str> {
    page.split(" href=\"")
        .skip(1)
        .filter_map(|rest| Some(rest.split_once('"')?.0))
}

fn leads_somewhere(here: &Path, link: &str) -> bool {
    let file = link.split(['#', '?']).next().unwrap_or(link);
    // What has neither a dot nor a slash is no file: it stands in what other crates say of their traits.
    let is_no_file = !file.contains(['.', '/']);
    let is_elsewhere = file.contains("://") || file.starts_with("data:");
    is_no_file || is_elsewhere || PathBuf::from(here).join(file).exists()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn links_to_files_are_followed_and_others_are_not() {
        let page = r##"<a href="#top">x</a><a class="b" href="https://docs.example/x">y</a><a href="gone.html#part">z</a>"##;
        let here = crate::command::root();
        let dead: Vec<_> = links(page)
            .filter(|link| !leads_somewhere(&here, link))
            .collect();
        assert_eq!(dead, ["gone.html#part"]);
        assert!(leads_somewhere(&here, "README.md?plain"));
    }
}
