use serde_json::Value;

/// HTML under construction. Only constants of the source stay unescaped.
#[derive(Default)]
pub(super) struct Html(String);

impl Html {
    /// Markup, which must be a constant of the source.
    pub(super) fn raw(&mut self, markup: &'static str) -> &mut Self {
        self.0.push_str(markup);
        self
    }

    /// Text, escaped for content and for attributes between quotes (HTML Living Standard §13.3).
    pub(super) fn text(&mut self, text: &str) -> &mut Self {
        for letter in text.chars() {
            match letter {
                '&' => self.0.push_str("&amp;"),
                '<' => self.0.push_str("&lt;"),
                '>' => self.0.push_str("&gt;"),
                '"' => self.0.push_str("&quot;"),
                '\'' => self.0.push_str("&#39;"),
                // Characters that HTML must not contain.
                '\0' => self.0.push('\u{fffd}'),
                letter => self.0.push(letter),
            }
        }
        self
    }

    /// A text or a number of a JSON object, escaped; empty without the member.
    pub(super) fn member(&mut self, object: &Value, name: &str) -> &mut Self {
        match object.get(name) {
            None | Some(Value::Null) => self,
            Some(Value::String(text)) => self.text(text),
            Some(other) => self.text(&other.to_string()),
        }
    }

    /// Other HTML.
    pub(super) fn html(&mut self, other: &Self) -> &mut Self {
        self.0.push_str(&other.0);
        self
    }

    pub(super) fn finish(self) -> String {
        self.0
    }
}

/// A text member of a JSON object; empty without the member.
pub(super) fn text<'v>(object: &'v Value, name: &str) -> &'v str {
    let text = object.get(name).and_then(Value::as_str);
    text.unwrap_or_default()
}

/// The list in a JSON object; empty without the member.
pub(super) fn list<'v>(object: &'v Value, name: &str) -> &'v [Value] {
    let list = object.get(name).and_then(Value::as_array);
    list.map(Vec::as_slice).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn no_text_becomes_markup() {
        let mut html = Html::default();
        html.raw("<p title=\"").text("\"><b>'&").raw("\">");
        html.member(&json!({ "a": "<i>" }), "a")
            .member(&json!({ "a": ["<i>"] }), "a")
            .member(&json!({ "a": null }), "a")
            .text("\0");
        let expected = "<p title=\"&quot;&gt;&lt;b&gt;&#39;&amp;\">\
                        &lt;i&gt;[&quot;&lt;i&gt;&quot;]\u{fffd}";
        assert_eq!(html.finish(), expected);
    }
}
