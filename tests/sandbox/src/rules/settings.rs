/// What a client has to set that a server serves it, besides its ID, its key and the URL of the token endpoint.
#[non_exhaustive]
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct ClientSettings {
    /// The algorithm to sign with (RFC 7518 §3.1).
    pub algorithm: String,
    /// The length of an RSA key, in bits, where the usual one is too short.
    pub rsa_bits: Option<u32>,
    /// The header member that names the key: `kid`, `x5c`, `x5t`, `x5t#S256` or `jwk`.
    pub names_key_by: &'static str,
    /// The `kid`, where the server and not the client chooses it.
    pub key_id: Option<String>,
    /// The claim `aud`.
    pub audience: Option<String>,
    /// The header `typ`, where it is not `JWT`.
    pub typ: Option<String>,
    /// The claim `sub`, where it is not the client ID.
    pub subject: Option<String>,
    /// The scope to ask for.
    pub scope: Option<String>,
    /// How long an assertion may live, in seconds, where it is less than 300.
    pub lifetime_secs: Option<u32>,
    /// `grant_type`.
    pub grant_type: String,
    /// The form field of the assertion: `client_assertion` or `assertion`.
    pub assertion_field: &'static str,
    /// Whether the claim `nbf` has to be there.
    pub not_before: bool,
    /// Further claims, by name, as JSON.
    pub claims: Vec<(String, String)>,
    /// Whether the form field `client_id` has to be there.
    pub send_client_id: bool,
    /// Further form fields.
    pub fields: Vec<(String, String)>,
    /// Whether each request needs a `DPoP` proof (RFC 9449).
    pub dpop: bool,
    /// Whether the client has to show a certificate when it connects over TLS (RFC 8705).
    pub tls_certificate: bool,
}
