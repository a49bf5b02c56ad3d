use crate::sftp::{Kind, Session, Trouble};

/// The object that keeps a file from its place, if there is one.
pub(super) async fn obstacle(
    session: &mut Session,
    path: &str,
    replaces: bool,
) -> Result<Option<String>, Trouble> {
    let Some(found) = session.look_at(path).await? else {
        return Ok(None);
    };
    let what = match found.kind {
        Kind::File if replaces && !session.is_link(path).await? => return Ok(None),
        Kind::File if !replaces => {
            let size = found.size.map_or_else(String::new, |size| format!(" of {size} bytes"));
            format!("a file{size} of this name is there, and stays; --replace replaces it")
        }
        Kind::Folder => "a folder of this name is there".to_owned(),
        Kind::File | Kind::Link => {
            "a symbolic link of this name is there, and stays; name the folder and file that it leads to".to_owned()
        }
        Kind::Other => "something of this name is there that is no regular file".to_owned(),
    };
    Ok(Some(what))
}

/// The beginning of the error for a failed write: whether the server's disk is full.
pub(super) async fn space(session: &mut Session, folder: &str, size: u64) -> String {
    match session.free_space(folder).await {
        Some(0) => "no space left on the server; ".to_owned(),
        Some(free) if free < size => {
            format!("the server has space for {free} bytes more, and the file has {size}; ")
        }
        _ => String::new(),
    }
}
