/// The settings that a server requires of a client, in addition to client ID, key and token endpoint.
#[non_exhaustive]
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct ClientSettings {
    /// The algorithm to sign with (RFC 7518 §3.1).
    pub algorithm: String,
    /// The length of an RSA key, in bits, if the usual length is too short.
    pub rsa_bits: Option<u32>,
    /// The header member that names the key: `kid`, `x5c`, `x5t`, `x5t#S256` or `jwk`.
    pub names_key_by: &'static str,
    /// The `kid`, if the server chooses it.
    pub key_id: Option<String>,
    /// The claim `aud`.
    pub audience: Option<String>,
    /// The header `typ`, if it is not `JWT`.
    pub typ: Option<String>,
    /// The claim `sub`, if it is not the client ID.
    pub subject: Option<String>,
    /// The scope to request.
    pub scope: Option<String>,
    /// The greatest lifetime of an assertion, in seconds, if it is less than 300.
    pub lifetime_secs: Option<u32>,
    /// `grant_type`.
    pub grant_type: String,
    /// The form field of the assertion: `client_assertion` or `assertion`.
    pub assertion_field: &'static str,
    /// Whether the claim `nbf` is required.
    pub not_before: bool,
    /// Further claims, by name, as JSON.
    pub claims: Vec<(String, String)>,
    /// Whether the form field `client_id` is required.
    pub send_client_id: bool,
    /// Further form fields.
    pub fields: Vec<(String, String)>,
    /// Whether each request needs a `DPoP` proof (RFC 9449).
    pub dpop: bool,
    /// Whether a TLS client certificate is required (RFC 8705).
    pub tls_certificate: bool,
}
