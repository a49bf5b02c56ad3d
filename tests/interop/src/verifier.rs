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
        let request = |assertion| {
            let id = client.id();
            json!({"issuer": id, "subject": id, "audience": audience, "assertion": assertion})
        };
        let requests: Vec<_> = assertions.iter().map(request).collect();
        let answers = self.ask(client.jwks(), &requests);
        answers.iter().map(Verdict::from_answer).collect()
    }

    /// The same for the assertions in these token requests, and reads the other fields of their forms.
    ///
    /// # Panics
    /// If one is refused.
    #[must_use]
    pub fn read(self, clients: &[Client], requests: &[SentForm]) -> Vec<Reading> {
        let keys: Vec<_> = clients.iter().map(Client::jwk).collect();
        let request = |sent: &SentForm| {
            json!({
                "issuer": sent.issuer,
                "subject": sent.subject,
                "audience": sent.audience,
                "form": sent.form,
            })
        };
        let requests: Vec<_> = requests.iter().map(request).collect();
        let answers = self.ask(&json!({ "keys": keys }), &requests);
        answers.iter().map(Reading::from_answer).collect()
    }

    fn ask(self, jwks: &Value, requests: &[Value]) -> Vec<Value> {
        let script = match self {
            Self::Jose => tools::node("verify_jose.mjs"),
            Self::PyJwt => tools::python("verify_pyjwt.py"),
        };
        let answers = tools::ask(script, &json!({ "jwks": jwks, "requests": requests }));
        let Value::Array(answers) = answers else {
            panic!("{self:?} answers with an array");
        };
        assert_eq!(
            answers.len(),
            requests.len(),
            "{self:?} answers for each request"
        );
        answers
    }
}

/// The body of a token request, and whom the assertion in it has to name.
#[derive(Debug)]
pub struct SentForm {
    /// `iss`.
    pub issuer: String,
    /// `sub`.
    pub subject: String,
    /// `aud`.
    pub audience: String,
    /// The body, encoded.
    pub form: String,
}

/// A token request as a [`Verifier`] reads it, which has found its assertion right.
#[derive(Debug)]
pub struct Reading {
    /// The JOSE header.
    pub header: Value,
    /// The claims.
    pub claims: Value,
    /// The pairs of the form, sorted and without the assertion.
    pub fields: Vec<(String, String)>,
}

impl Reading {
    fn from_answer(answer: &Value) -> Self {
        let Verdict::Verified { header, claims } = Verdict::from_answer(answer) else {
            panic!("{answer}");
        };
        let text = |value: &Value| value.as_str().expect("fields are texts").to_owned();
        let pairs = answer["fields"].as_array().expect("the answer has fields");
        let mut fields: Vec<_> = pairs
            .iter()
            .map(|pair| (text(&pair[0]), text(&pair[1])))
            .collect();
        fields.sort();
        Self {
            header,
            claims,
            fields,
        }
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
