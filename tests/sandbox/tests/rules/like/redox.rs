//! Redox by its file, beside Redox by the sandbox's own rules: both are judged by one table.

use redox_auth_sandbox::{Rules, Sandbox};

use super::fit::Fit;
use crate::support::*;

#[test]
fn the_file_of_redox_refuses_what_the_sandbox_refuses_in_the_same_words() {
    let rules = Rules::named("redox").unwrap();
    for change in [
        "header typ",
        "header typ=\"jwt\"",
        "header typ=\"at+jwt\"",
        "header kid",
        "header kid=\"unknown\"",
        "header crit=[]",
        "client stranger",
        "forged",
        "claim sub=\"x\"",
        "claim aud=[\"http://sandbox.example/v2/auth/token\"]",
        "claim aud=[\"http://sandbox.example/v2/auth/token\",\"x\"]",
        "claim aud=\"x\"",
        "claim aud",
        "claim jti",
        "claim iat",
        "claim iat=\"x\"",
        "claim exp",
        "claim exp=NOW-10",
        "claim iat=NOW-10; claim exp=NOW-9",
        "claim exp=NOW+301",
        "claim iat=NOW-310; claim exp=NOW-10",
        "claim iat=NOW-311; claim exp=NOW-11",
        "claim iat=NOW+10; claim exp=NOW+310",
        "claim iat=NOW+11; claim exp=NOW+311",
        "claim nbf=NOW+10",
        "claim nbf=NOW+11",
        "field grant_type=password",
        "field client_assertion_type=x",
        "field client_assertion=",
        "field client_assertion=x",
        "field client_secret=x",
        "field client_id=x",
        "http content-type=text/plain",
    ] {
        let mut fit = Fit::new(&rules);
        for change in change.split("; ") {
            fit.change(change);
        }
        let by_file = fit.sandbox(&rules).handle(at(NOW), &fit.request());
        let mut own = Sandbox::new(BASE_URL, [1; 32]);
        let key = redox_auth_sandbox::OAuthKey::new().client_id(CLIENT_ID);
        own.register_oauth_key(key.jwks(&jwks())).unwrap();
        let by_code = own.handle(at(NOW), &fit.request());
        assert_eq!(
            by_file.status,
            by_code.status,
            "{change}: {}",
            reason(&by_file)
        );
        if by_code.status != 200 {
            assert_eq!(body(&by_file), body(&by_code), "{change}");
        }
    }
}
