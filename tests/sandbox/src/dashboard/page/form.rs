use super::View;
use super::html::Html;
use crate::dashboard::call::ENVIRONMENTS;

/// A form that calls one operation of the API; `fields` writes what is in it.
pub(super) fn form(
    view: &View<'_>,
    operation: &'static str,
    hidden: &[(&'static str, &str)],
    html: &mut Html,
    fields: impl FnOnce(&mut Html),
) {
    html.raw("<form method=\"post\" action=\"/do\">");
    for (name, value) in [
        ("form_token", view.desk.form_token()),
        ("operation", operation),
        ("back", view.path),
    ]
    .iter()
    .chain(hidden)
    {
        html.raw("<input type=\"hidden\" name=\"")
            .raw(name)
            .raw("\" value=\"")
            .text(value)
            .raw("\">");
    }
    fields(html);
    html.raw("</form>");
}

/// A form with only a button; `about` distinguishes several of them for users of screen readers.
pub(super) fn button(
    view: &View<'_>,
    operation: &'static str,
    hidden: &[(&'static str, &str)],
    label: &'static str,
    about: &str,
    html: &mut Html,
) {
    form(view, operation, hidden, html, |html| {
        html.raw("<button class=\"quiet\">")
            .raw(label)
            .raw("<span class=\"unseen\"> ")
            .text(about)
            .raw("</span></button>");
    });
}

/// One line of text, with its label.
pub(super) struct Field {
    pub(super) name: &'static str,
    pub(super) label: &'static str,
    pub(super) hint: &'static str,
    pub(super) is_needed: bool,
}

impl Field {
    pub(super) fn write(&self, view: &View<'_>, operation: &'static str, html: &mut Html) {
        html.raw("<label>").raw(self.label).raw(" <input name=\"");
        html.raw(self.name).raw("\" placeholder=\"").raw(self.hint);
        html.raw("\" value=\"");
        html.text(view.entered(operation, self.name));
        html.raw("\" autocomplete=\"off\" spellcheck=\"false\"");
        html.raw(if self.is_needed {
            " required></label>"
        } else {
            "></label>"
        });
    }
}

/// The field for the environment.
pub(super) fn environment(view: &View<'_>, operation: &'static str, html: &mut Html) {
    html.raw("<label>Environment <select name=\"environment\">");
    let entered = view.entered(operation, "environment");
    for environment in ENVIRONMENTS {
        let name = environment.as_str();
        html.raw("<option");
        html.raw(if name == entered { " selected>" } else { ">" });
        html.raw(name).raw("</option>");
    }
    html.raw("</select></label>");
}

/// The path for forms.
pub(in crate::dashboard) const FORMS: &str = "/do";
