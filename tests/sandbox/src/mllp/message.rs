use jiff::{Timestamp, Zoned};

/// The time in an acknowledgment, which is formatted once a second.
#[derive(Debug, Default)]
pub(super) struct Stamp {
    second: i64,
    text: String,
}

impl Stamp {
    pub(super) fn now(&mut self) -> &str {
        let second = Timestamp::now().as_second();
        if second != self.second {
            self.second = second;
            self.text = Zoned::now().strftime("%Y%m%d%H%M%S").to_string();
        }
        &self.text
    }
}

/// The fields of a message that its acknowledgment repeats.
#[derive(Clone, Debug)]
pub(super) struct Message<'m> {
    separator: char,
    /// MSH-2.
    delimiters: &'m str,
    /// MSH-3 to MSH-6.
    names: [&'m str; 4],
    control_id: String,
}

impl<'m> Message<'m> {
    /// Reads MSH; nothing when there is none. Control IDs and names are text in ASCII or UTF-8.
    pub(super) fn parse(body: &'m [u8]) -> Option<Self> {
        let end = body.iter().position(|byte| matches!(byte, b'\r' | b'\n'));
        let header = str::from_utf8(body.get(..end.unwrap_or(body.len()))?).ok()?;
        let rest = header.strip_prefix("MSH")?;
        let separator = rest.chars().next()?;
        let fields: Vec<_> = rest.split(separator).collect();
        let field = |number: usize| fields.get(number.saturating_sub(1)).copied();
        Some(Self {
            separator,
            delimiters: field(2)?,
            names: [3, 4, 5, 6].map(|number| field(number).unwrap_or_default()),
            control_id: field(10).unwrap_or_default().to_owned(),
        })
    }

    /// The same with another control ID.
    pub(super) fn of_another(&self) -> Self {
        Self {
            control_id: format!("X{}", self.control_id),
            ..self.clone()
        }
    }

    /// An acknowledgment in its frame, in the form of Redox's own library `redox-hl7-v2`.
    pub(super) fn acknowledgment(&self, now: &str, code: &str, text: &str) -> Vec<u8> {
        let Self {
            separator: s,
            delimiters,
            names: [application, facility, own_application, own_facility],
            control_id,
        } = self;
        let component = delimiters.chars().next().unwrap_or('^');
        let text = if text.is_empty() {
            String::new()
        } else {
            format!("{s}{text}")
        };
        format!(
            "\x0bMSH{s}{delimiters}{s}{own_application}{s}{own_facility}{s}{application}{s}{facility}{s}{now}{s}{s}\
             ACK{component}S12{s}{now}{s}P{s}2.3\rMSA{s}{code}{s}{control_id}{text}\r\x1c\r"
        )
        .into_bytes()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_acknowledgment_has_the_delimiters_and_the_control_id_of_its_message() {
        let message = Message::parse(b"MSH*:;!/*A*B*C*D*2026**ADT:A01*7*P*2.5\rPID*1").unwrap();
        let text =
            String::from_utf8(message.acknowledgment(Stamp::default().now(), "AE", "no")).unwrap();
        assert!(text.starts_with("\u{b}MSH*:;!/*C*D*A*B*2"), "{text:?}");
        assert!(
            text.contains("**ACK:S12*") && text.ends_with("*P*2.3\rMSA*AE*7*no\r\u{1c}\r"),
            "{text:?}"
        );
        let other = message
            .of_another()
            .acknowledgment("20260101000000", "AA", "");
        assert!(other.ends_with(b"MSA*AA*X7\r\x1c\r"));
        assert!(Message::parse(b"PID|1").is_none());
    }
}
