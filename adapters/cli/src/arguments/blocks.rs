//! The pages of the project and the blocks of code in them. `tests/docs` compiles this file as well.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};

/// A Markdown file, or the documentation in a Rust file.
#[derive(Clone, Debug)]
pub struct Page {
    /// From the root of the repository.
    pub path: PathBuf,
    /// The lines of the page. Lines of a Rust file that are not documentation are empty.
    pub lines: Vec<String>,
}

/// A block of code in a page.
#[derive(Clone, Debug)]
pub struct Block {
    /// The page, from the root of the repository.
    pub page: PathBuf,
    /// The number of the block's first line, counted from 1.
    pub line: usize,
    /// The language, such as `sh`. A block of rustdoc without a language is `rust`.
    pub language: String,
    /// The code, without the fences.
    pub text: String,
}

/// Reads every page below `root`, in the order of their paths.
///
/// # Errors
/// The error of the file or the folder that cannot be read.
pub fn pages(root: &Path) -> io::Result<Vec<Page>> {
    let mut pages = Vec::new();
    collect(root, Path::new(""), &mut pages)?;
    pages.sort_by(|one, other| one.path.cmp(&other.path));
    Ok(pages)
}

impl Page {
    /// The blocks of code, in their order.
    #[must_use]
    pub fn blocks(&self) -> Vec<Block> {
        let mut blocks = Vec::new();
        let mut open: Option<Block> = None;
        for (number, line) in (1_usize..).zip(&self.lines) {
            let fence = line.trim_start().strip_prefix("```");
            match (&mut open, fence) {
                (None, Some(language)) => {
                    open = Some(Block {
                        page: self.path.clone(),
                        line: number.saturating_add(1),
                        language: self.language(language),
                        text: String::new(),
                    });
                }
                (Some(block), None) => {
                    block.text += line;
                    block.text.push('\n');
                }
                (Some(_), Some(_)) => blocks.extend(open.take()),
                (None, None) => {}
            }
        }
        // A fence that nothing closes swallows the rest of the page.
        if let Some(block) = &mut open {
            "a fence that is not closed".clone_into(&mut block.language);
        }
        blocks.extend(open);
        blocks
    }

    /// Whether the page is the documentation in a Rust file.
    #[must_use]
    pub fn is_rustdoc(&self) -> bool {
        self.path.extension().is_some_and(|it| it == "rs")
    }

    fn language(&self, fence: &str) -> String {
        let words = fence.split(',').map(str::trim);
        let first = words.clone().next().unwrap_or_default();
        let is_rust = RUST.contains(&first) && (self.is_rustdoc() || first == "rust");
        if is_rust && !words.clone().any(|word| word == "ignore") {
            return "rust".to_owned();
        }
        fence.trim().to_owned()
    }
}

fn collect(root: &Path, folder: &Path, pages: &mut Vec<Page>) -> io::Result<()> {
    for entry in fs::read_dir(root.join(folder))? {
        let entry = entry?;
        let path = folder.join(entry.file_name());
        let name = entry.file_name();
        let name = name.to_string_lossy();
        if entry.file_type()?.is_dir() {
            if !SKIPPED.contains(&&*name) && !name.starts_with('.') {
                collect(root, &path, pages)?;
            }
        } else if name.ends_with(".md") {
            let text = fs::read_to_string(root.join(&path))?;
            let lines = text.lines().map(str::to_owned).collect();
            pages.push(Page { path, lines });
        } else if name.ends_with(".rs") {
            let text = fs::read_to_string(root.join(&path))?;
            let lines = text.lines().map(documentation).collect();
            pages.push(Page { path, lines });
        }
    }
    Ok(())
}

/// The text of a line of documentation, and nothing for any other line.
fn documentation(line: &str) -> String {
    let line = line.trim_start();
    let text = line
        .strip_prefix("//!")
        .or_else(|| line.strip_prefix("///"))
        .unwrap_or_default();
    text.strip_prefix(' ').unwrap_or(text).to_owned()
}

/// Folders that hold no page of ours: built files, and downloads.
const SKIPPED: [&str; 4] = ["target", "node_modules", "corpus", "findings"];

/// The words after the fence of a Rust block in rustdoc.
const RUST: [&str; 5] = ["", "rust", "no_run", "should_panic", "compile_fail"];
