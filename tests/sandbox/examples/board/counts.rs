use std::collections::BTreeMap;

use redox_auth_sandbox::Counters;

/// What the board counted.
pub(crate) struct Counts(BTreeMap<String, u64>);

impl Counts {
    /// Reads the line that the board ends with: `counts:`, and names with their numbers.
    pub(crate) fn parse(printed: &str) -> Result<Self, String> {
        let line = printed
            .lines()
            .find_map(|line| line.strip_prefix("counts: "));
        let line = line.ok_or("the board did not say what it counted")?;
        let words: Vec<_> = line.split_whitespace().collect();
        let pairs = words.chunks(2).map(|pair| match pair {
            [name, number] => {
                let number = number.parse().map_err(|_| format!("{name}: {number}"))?;
                Ok(((*name).to_owned(), number))
            }
            _ => Err("a name without a number".to_owned()),
        });
        pairs.collect::<Result<_, _>>().map(Self)
    }

    /// Holds what the board counted against the course that was laid down, and against what the server counted.
    pub(crate) fn compare(&self, server: Counters) -> Result<(), String> {
        for (name, here, because) in [
            ("boots", 2, "it is reset once"),
            (
                "accepted",
                6,
                "two, three that meet something, and one after the reset",
            ),
            (
                "accepted",
                server.messages_accepted,
                "each message is accepted once",
            ),
            ("busy", 1, "429 was laid down once"),
            ("lost", 1, "the connection ended once"),
            ("rejected", 1, "one token was revoked"),
            ("rejected", server.unauthorized, "each 401 costs one token"),
            (
                "tokens",
                2,
                "one at first and one after the 401; the reset costs none",
            ),
            (
                "tokens",
                server.tokens_minted,
                "each token that was given out arrived",
            ),
            ("times_learned", 2, "at each start"),
            // The token endpoint refuses GET, and its answer has the time anyway.
            (
                "times_learned",
                server.not_found,
                "each question for the time was asked once",
            ),
            (
                "token_requests",
                server.token_requests.saturating_add(server.not_found),
                "none was lost",
            ),
            // For the time; with the certificate's dates checked; after the loss; and the first two again.
            ("connections", 5, "one is used for as long as it lasts"),
        ] {
            let board = self.0.get(name).copied();
            if board != Some(here) {
                return Err(format!(
                    "{name}: expected {here} ({because}), the board counted {board:?}"
                ));
            }
        }
        for (what, count, expected) in [
            ("faults", server.faults, 3),
            ("refused token requests", server.token_refusals, 0),
            ("refused messages", server.messages_refused, 0),
        ] {
            if count != expected {
                return Err(format!(
                    "{what}: expected {expected}, the server counted {count}"
                ));
            }
        }
        Ok(())
    }
}
