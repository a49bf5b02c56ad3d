//! The table of servers: each row's options get a token from a server with that one's rules.

use redox_auth_sandbox::{OAuthKey, Server, ServerOptions};
use serde_json::Value;
use tokio::runtime::Runtime;

use crate::support::Folder;

const TABLE: &str = include_str!("../../SERVERS.md");

struct Row<'t> {
    name: &'t str,
    /// None for a server that grants no token in this test.
    algorithm: Option<&'t str>,
    options: Vec<String>,
}

impl<'t> Row<'t> {
    fn parse(line: &'t str) -> Option<Self> {
        let cells: Vec<_> = line.strip_prefix('|')?.splitn(5, '|').collect();
        let [_, name, algorithm, options, _] = cells[..] else {
            return None;
        };
        let code = |cell: &'t str| cell.trim().strip_prefix('`')?.strip_suffix('`');
        Some(Self {
            name: code(name)?,
            algorithm: code(algorithm),
            options: code(options).map_or_else(Vec::new, words),
        })
    }

    fn option(&self, name: &str) -> Option<&str> {
        let mut rest = self.options.iter().skip_while(|option| *option != name);
        rest.nth(1).map(String::as_str)
    }
}

/// The words of a command line, as a shell reads quotes.
fn words(line: &str) -> Vec<String> {
    let mut words = vec![String::new()];
    let mut quote = None;
    for character in line.chars() {
        match (character, quote) {
            ('\'' | '"', None) => quote = Some(character),
            (_, Some(open)) if open == character => quote = None,
            (' ', None) => words.push(String::new()),
            _ => words.last_mut().unwrap().push(character),
        }
    }
    words
}

fn rows() -> Vec<Row<'static>> {
    TABLE.lines().filter_map(Row::parse).collect()
}

/// Its keys are in the folder, under the names that the options have.
struct Client<'f> {
    folder: &'f Folder,
    runtime: &'f Runtime,
}

impl Client<'_> {
    /// The result of a row's options.
    fn token(&self, row: &Row<'_>, algorithm: &str) -> Value {
        let options = ServerOptions::new().like(row.name);
        let server = self.runtime.block_on(Server::start(options)).unwrap();
        let settings = server.client_settings().unwrap();
        let kind = if algorithm.starts_with("ES") {
            algorithm
        } else {
            "RSA"
        };
        let key = format!("{kind}.pem");
        let mut jwks = vec!["key", "jwks", &key, "--alg", algorithm];
        if let Some(key_id) = row.option("--key-id") {
            jwks.extend(["--key-id", key_id]);
        }
        let jwks = self.folder.run(&jwks).done();
        let client_id = {
            let registered = OAuthKey::new().jwks(&jwks);
            server.sandbox().register_oauth_key(registered).unwrap()
        };
        let set: Value = serde_json::from_str(&jwks).unwrap();
        let jwk = set["keys"][0].to_string();
        let (certificate, token_url) = (format!("{kind}.crt"), server.token_url());
        let mut call = self
            .folder
            .call(&["token", "--json", "--client-id", &client_id]);
        call = call.args(&["--key", &key, "--alg", algorithm, "--token-url", &token_url]);
        call = call.env("REDOX_BASE_URL", server.base_url());
        let mut options = row.options.iter();
        while let Some(option) = options.next() {
            let option = option
                .replace("$JWK", &jwk)
                .replace("chain.pem", &certificate);
            // That of the real server is another than the sandbox's.
            if option == "--audience" {
                options.next();
                let audience = settings.audience.as_deref().unwrap_or(&token_url);
                call = call.args(&["--audience", audience]);
            } else {
                call = call.args(&[&option]);
            }
        }
        let token = serde_json::from_str(&call.run().result()).unwrap();
        self.runtime.block_on(server.stop()).unwrap();
        token
    }
}

#[test]
fn each_server_of_the_table_gives_a_token_to_the_options_of_its_row() {
    let folder = Folder::new();
    let runtime = Runtime::new().unwrap();
    for (name, algorithm) in [("RSA", "RS384"), ("ES256", "ES256"), ("ES384", "ES384")] {
        let key = format!("{name}.pem");
        folder.make_key(&key, algorithm);
        let certificate = format!("{name}.crt");
        let call = folder.call(&["key", "certificate", "--key", &key, "--out", &certificate]);
        call.args(&["--subject", "CN=client"]).run().done();
    }
    folder.make_key("client-key.pem", "ES256");
    let call = folder.call(&["key", "certificate", "--key", "client-key.pem"]);
    call.args(&["--out", "client.pem", "--subject", "CN=client"])
        .run()
        .done();
    let client = Client {
        folder: &folder,
        runtime: &runtime,
    };
    let mut served = 0;
    for row in rows() {
        let Some(algorithm) = row.algorithm else {
            continue;
        };
        let token = client.token(&row, algorithm);
        assert!(token["access_token"].is_string(), "{}: {token}", row.name);
        served += 1;
    }
    assert_eq!(served, 26 + 5);
}

#[test]
fn a_server_whose_row_has_no_options_says_why_when_it_starts() {
    for row in rows() {
        let rules = redox_auth_sandbox::Rules::named(row.name).unwrap();
        let (has_key, reason) = (row.algorithm.is_some(), rules.no_token());
        assert_eq!(has_key, reason.is_none(), "{}: {reason:?}", row.name);
    }
}

#[test]
fn the_table_has_a_row_for_each_server_with_rules() {
    let mut found: Vec<_> = rows().iter().map(|row| row.name).collect();
    assert_eq!(found.len(), 28 + 6);
    found.sort_unstable();
    // What others extend, two servers beside the table, and the usual one.
    let apart = ["duende-strict", "redox", "rfc7523", "smart"];
    let mut known: Vec<_> = redox_auth_sandbox::Rules::names()
        .filter(|name| !apart.contains(name))
        .collect();
    known.sort_unstable();
    assert_eq!(found, known);
}
