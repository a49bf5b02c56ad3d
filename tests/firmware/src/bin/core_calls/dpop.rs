use core::hint::black_box;

use board::{Element, ok, show, text};
use redox_auth_core::{
    Algorithm, Api, AuthorizeError, Channel, Client, DpopIdentity, DpopKey, DpopNonce, DpopProof,
    Instant, JwtId, Next, Now, OAuthKey, PublicKey, Received, Region, Response, ServedBy, Server,
    Session, TokenType, UnixTime, Url, asks_for_dpop_nonce, max_dpop_proof_len,
};

pub(crate) fn proofs() -> Option<()> {
    let public_key = public_key()?;
    let key = DpopKey::new(black_box(&public_key));
    let mut header = [0; 512];
    show(&key.write_template(black_box(&mut [])).err()?)?;
    let template = ok(key.write_template(black_box(&mut header)))?;
    let mut nonce = DpopNonce::<32>::new();
    show(&nonce.remember(black_box(b"a b")).err()?)?;
    show(&nonce.remember(black_box(&[b'a'; 33])).err()?)?;
    ok(nonce.remember(black_box(b"a-nonce")))?;
    black_box((nonce.as_str()?, template.thumbprint(), key.public_key()));
    let jwt_id = JwtId::from_random(black_box([7; 16]));
    let url = Url::parse(text("https://API.example:8443/Patient?id=1")).ok()?;
    let now = black_box(UnixTime::from_secs(1_800_000_000));
    let mut out = [0; 1024];
    let out = black_box(out.as_mut_slice());
    for key in [key, template] {
        let proof = DpopProof::new(key, text("GET"), url, &jwt_id, now)
            .issued_at(now)
            .access_token(text("token"))
            .nonce(&nonce);
        ok(proof.write_claims(out))?;
        ok(proof.write(&Element, out))?;
        show(&proof.write(&Element, black_box(&mut [])).err()?)?;
        let unsigned = ok(proof.prepare(out))?;
        ok(unsigned.finish(black_box(&[7; 64])))?;
    }
    let algorithm = black_box(Algorithm::Es256);
    black_box(max_dpop_proof_len(
        algorithm,
        black_box(64),
        text("GET"),
        text("https://a.example"),
        black_box(32),
    ));
    let challenge = text(r#"Bearer realm="a", DPoP error="use_dpop_nonce""#);
    asks_for_dpop_nonce(challenge.as_bytes()).then_some(())
}

pub(crate) fn session() -> Option<()> {
    let public_key = public_key()?;
    let keys = [OAuthKey::new(text("client"), text("key-1"), &Element)];
    let client = Client::new(Server::redox(black_box(Region::Us))).with_oauth_keys(&keys);
    let identity = DpopIdentity::new(client, DpopKey::new(black_box(&public_key)));
    let mut session = Session::<_, [u8; 256]>::new(black_box(identity));
    let mut nonce = *br#"{"error":"use_dpop_nonce"}"#;
    let received = exchange(&mut session, 1, 400, &mut nonce)?;
    matches!(received, Received::Refused(_)).then_some(())?;
    let mut bearer = *br#"{"access_token":"abc","token_type":"Bearer","expires_in":300}"#;
    let Received::Unusable(error) = exchange(&mut session, 2, 200, &mut bearer)? else {
        return None;
    };
    show(&error)?;
    let until = session.next(instant(2)).until()?;
    let mut bound = *br#"{"access_token":"abc","token_type":"DPoP","expires_in":300}"#;
    let received = exchange(&mut session, until.as_millis(), 200, &mut bound)?;
    matches!(received, Received::Token(_)).then_some(())?;

    let url = text("https://api.redoxengine.com/endpoint");
    let (now, api) = (instant(until.as_millis()), black_box(Api::DataModel));
    let refused = session.authorize(now, api, url).err()?;
    matches!(refused, AuthorizeError::NeedsProof).then_some(())?;
    show(&refused)?;
    let authorized = ok(session.authorize_with_proof(now, api, url))?;
    black_box(authorized.expose_token().expose());
    let token_type = session.token_type(black_box(ServedBy::OAuth { key: 0 }));
    show(&token_type)?;
    (token_type == TokenType::Dpop && token_type.as_str() == "DPoP").then_some(())
}

/// One request that is due, and its answer.
fn exchange<'b>(
    session: &mut Session<DpopIdentity<'_, Client<'_, Element>>, [u8; 256]>,
    ms: u64,
    status: u16,
    body: &'b mut [u8],
) -> Option<Received<'b>> {
    let now = Now {
        instant: instant(ms),
        unix: black_box(Some(UnixTime::from_secs(1_800_000_000))),
    };
    matches!(session.next(now.instant), Next::Fetch).then_some(())?;
    let [a, b, c, d, e, f, g, h] = ms.to_be_bytes();
    let random = [h, g, f, e, d, c, b, a, a, b, c, d, e, f, g, h];
    let mut out = [0; 1024];
    let jwt_id = JwtId::from_random(black_box(random));
    let ticket = ok(session.request(now, jwt_id, black_box(&mut out)))?.ticket;
    let response = Response::new(black_box(status), Channel::Authenticated, black_box(body))
        .with_date(black_box(None))
        .with_age(black_box(None))
        .with_cache_control(black_box(None))
        .with_retry_after(black_box(None));
    Some(session.receive(ticket, now, response))
}

fn public_key() -> Option<PublicKey> {
    let mut point = [7; 65];
    *point.first_mut()? = 4;
    ok(PublicKey::from_ec_point(
        black_box(Algorithm::Es256),
        black_box(&point),
    ))
}

const fn instant(ms: u64) -> Instant {
    Instant::from_millis(ms)
}
