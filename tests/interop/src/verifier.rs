use serde_json::{Value, json};

use crate::client::Client;
use crate::tools;

/// A JOSE library that verifies assertions as an authorization server would.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Verifier {
    /// npm `jose`, which signs and verifies with Node's OpenSSL.
    Jose,
    /// PyPI's PyJWT, with cryptography.
    PyJwt,
}

/// What a [`Verifier`] says of an assertion.
#[derive(Clone, Debug, Eq, PartialEq)]
pub enum Verdict {
    /// The signature and every claim are right.
    Verified {
        /// The JOSE header, as the library read it.
        header: Value,
        /// The claims, as the library read them.
        claims: Value,
    },
    /// No, and why, in the library's words.
    Refused(String),
}

impl Verifier {
    /// Both.
    pub const ALL: [Self; 2] = [Self::Jose, Self::PyJwt];

    /// Verifies each assertion with the client's public key, ID and this audience, by the current time.
    #[must_use]
    pub fn verify(self, client: &Client, audience: &str, assertions: &[String]) -> Vec<Verdict> {
        let script = match self {
            Self::Jose => tools::node("verify_jose.mjs"),
            Self::PyJwt => tools::python("verify_pyjwt.py"),
        };
        let question = json!({
            "jwks": client.jwks(),
            "client_id": client.id(),
            "audience": audience,
            "assertions": assertions,
        });
        let answers = tools::ask(script, &question);
        let answers = answers
            .as_array()
            .expect("a verifier answers with an array");
        assert_eq!(
            answers.len(),
            assertions.len(),
            "{self:?} answers for each assertion"
        );
        answers.iter().map(Verdict::from_answer).collect()
    }
}

impl Verdict {
    fn from_answer(answer: &Value) -> Self {
        match answer["refused"].as_str() {
            Some(reason) => Self::Refused(reason.to_owned()),
            None => Self::Verified {
                header: answer["header"].clone(),
                claims: answer["claims"].clone(),
            },
        }
    }
}
