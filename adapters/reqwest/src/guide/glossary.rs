//! The words of this project, each with one meaning.
//!
//! | Word | Meaning | Source |
//! |---|---|---|
//! | access token | the string that authorizes a request to the API | RFC 6749 section 1.4 |
//! | API key, legacy | an ID and a secret that Redox exchanges for a token of 24 hours | Redox: legacy API keys |
//! | API key, OAuth | a client ID and a public key, registered with Redox | Redox: OAuth API keys |
//! | assertion | a JWT that the client signs to authenticate itself | RFC 7523 section 3 |
//! | audience | the claim `aud`: the server that an assertion is for | RFC 7523 section 3 |
//! | bound token | a token that is useless without a proof by a key | RFC 9449 |
//! | client ID | the name of the client at the authorization server | RFC 6749 section 2.2 |
//! | credential | what the client authenticates with: an OAuth API key or a legacy API key | |
//! | destination | the system that a message goes to | Redox |
//! | discovery | reading a server's metadata to find its token endpoint | RFC 8414, SMART App Launch |
//! | JWK Set | public keys as a JSON document | RFC 7517 section 5 |
//! | key ID | the member `kid`: the name of a key in a JWK Set | RFC 7515 section 4.1.4 |
//! | margin | how long before its end a token is renewed | |
//! | obtain, renew, revoke | what happens to a token | |
//! | pace | how fast requests to one host may begin | |
//! | pause | the time that a server asks its clients to wait (`Retry-After`) | RFC 9110 section 10.2.3 |
//! | profile | the options of one environment, in the configuration file of the command | |
//! | record | a saved token with absolute times, as secret as the token | |
//! | refuse | what only a server does, with its status or an error code | RFC 6749 section 5.2 |
//! | register, rotate | what happens to a key | |
//! | reject | what the client, the library or the command does with wrong input | |
//! | retry, repeat | to send a request again | |
//! | sandbox | a local Redox, for tests and for trying things out | |
//! | session | core's state machine of one credential | |
//! | source | the system that a message comes from | Redox |
//! | store | the place where processes share a token, such as Redis | |
//! | tenant | a customer of the service, with a credential of its own | |
//! | token endpoint | the URL that assertions are sent to | RFC 6749 section 3.2 |
//! | unknown, ambiguous | a message that may have arrived, or not | |
