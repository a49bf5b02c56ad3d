/// The text between `<title>` and `</title>` in a web page (WHATWG HTML Standard §4.2.2), entities included.
pub(super) fn title(body: &[u8]) -> Option<&[u8]> {
    let page = body.strip_prefix(BYTE_ORDER_MARK).unwrap_or(body);
    if !page.trim_ascii_start().starts_with(b"<") {
        return None;
    }
    let (_, tag) = split_at(page, b"<title")?;
    let (attributes, title) = split_at(tag, b">")?;
    // The name must end here, or the element is another one.
    let is_title = attributes.first().is_none_or(u8::is_ascii_whitespace);
    let (title, _) = split_at(title, b"</title")?;
    is_title.then_some(title)
}

/// The text before the first `mark`, in upper or lower case, and the text after it. Not inlined: a copy for each caller
/// takes more flash.
#[inline(never)]
fn split_at<'b>(text: &'b [u8], mark: &[u8]) -> Option<(&'b [u8], &'b [u8])> {
    let mut parts = text.windows(mark.len());
    let at = parts.position(|part| part.eq_ignore_ascii_case(mark))?;
    Some((text.get(..at)?, text.get(at.checked_add(mark.len())?..)?))
}

const BYTE_ORDER_MARK: &[u8] = b"\xef\xbb\xbf";
