use super::Order;

/// The orders that hold.
pub(super) const ORDERS: &[Order] = &[
    CORE,
    MLLP,
    REQWEST,
    TENANTS,
    REQUESTS,
    TOKENS,
    CONNECTIONS,
    PROXIES,
    TRUST,
    WATCH,
    KEYS,
    PKCS11,
    DOCTOR,
    INSPECT,
    RULES,
    DASHBOARD,
    BENCHES,
];

const CORE: Order = Order {
    root: "core/src/lib.rs",
    within: &[],
    layers: &[
        &["sessions"],
        &["session"],
        &["identity", "metadata", "pace", "request"],
        &["dpop"],
        &["assertion", "legacy", "server", "signing_key"],
        &[
            "credential",
            "dialect",
            "incoming",
            "jwt_id",
            "key",
            "meta",
            "response",
            "retry_after",
            "unsigned",
        ],
        &["expiry", "out"],
        &["peer_text", "write_error"],
        &["digest", "json", "signature", "signer", "time"],
        &[
            "algorithm",
            "asn1",
            "base64url",
            "chance",
            "division",
            "footprint",
            "form",
            "jwt",
            "parse_error",
            "region",
            "secret",
            "status",
        ],
    ],
};

const MLLP: Order = Order {
    root: "adapters/mllp/src/lib.rs",
    within: &[],
    layers: &[
        &["sender"],
        &["exchange"],
        &["outcome"],
        &["acknowledgment"],
        &["header", "limits", "reader", "segments", "text"],
        &["scan"],
    ],
};

const DOCTOR: Order = Order {
    root: "adapters/cli/src/doctor.rs",
    within: &["doctor"],
    layers: &[
        &[
            "configuration",
            "discovery",
            "mllp",
            "sftp",
            "source",
            "tokens",
        ],
        &["keys", "network"],
        &["certificate", "tls"],
        &["interception"],
        &["route"],
        &["patience", "report"],
    ],
};

const INSPECT: Order = Order {
    root: "adapters/cli/src/inspect.rs",
    within: &["inspect"],
    layers: &[&["report"], &["given", "jwt", "signature"]],
};

const RULES: Order = Order {
    root: "tests/sandbox/src/rules.rs",
    within: &["rules"],
    layers: &[
        &[
            "answer",
            "book",
            "claims",
            "fields",
            "header",
            "placeholders",
            "times",
        ],
        &["profile", "site"],
        &["case", "need"],
        &["error", "found", "objection", "settings", "template"],
    ],
};

const DASHBOARD: Order = Order {
    root: "tests/sandbox/src/dashboard.rs",
    within: &["dashboard"],
    layers: &[
        &["door"],
        &["page"],
        &["routes"],
        &["operations"],
        &["shown"],
        &["desk", "events", "guard", "new_key"],
        &["call", "segment"],
    ],
};

const BENCHES: Order = Order {
    root: "benches/src/lib.rs",
    within: &[],
    layers: &[
        &["driver"],
        &["render"],
        &["contenders", "service"],
        &["inputs"],
        &["results"],
    ],
};

const REQWEST: Order = Order {
    root: "adapters/reqwest/src/lib.rs",
    within: &[],
    layers: &[
        &["guide"],
        &["blocking"],
        &["env", "message", "tenants"],
        &["builder"],
        &["client"],
        &["requests"],
        &["discovery", "tokens"],
        &["connections"],
        &["proxies", "trust"],
        &["keys"],
        &["pause", "random", "telemetry", "watch", "written"],
        &["clock", "error", "sync"],
    ],
};

const TENANTS: Order = Order {
    root: "adapters/reqwest/src/tenants.rs",
    within: &["tenants"],
    layers: &[
        &["builder"],
        &["table"],
        &["book", "making", "settings"],
        &["clients"],
    ],
};

const REQUESTS: Order = Order {
    root: "adapters/reqwest/src/requests.rs",
    within: &["requests"],
    layers: &[
        &["call"],
        &["send"],
        &["dpop"],
        &["shared"],
        &["body", "places", "retry"],
    ],
};

const TOKENS: Order = Order {
    root: "adapters/reqwest/src/tokens.rs",
    within: &["tokens"],
    layers: &[
        &["flight"],
        &["attempts", "exchange", "fleet"],
        &["attempt"],
        &["proofs", "renewal", "rereading", "sending"],
        &["shared"],
        &["fleet_store", "shared_files", "state"],
        &["outcome", "shared_tokens", "source", "storage"],
        &["files", "identity", "token"],
        &["key_headers"],
        &["dialect", "prover"],
    ],
};

const CONNECTIONS: Order = Order {
    root: "adapters/reqwest/src/connections.rs",
    within: &["connections"],
    layers: &[
        &["through"],
        &["host"],
        &["http", "pools", "tls"],
        &["settings"],
        &["kept_alive", "pace", "way"],
    ],
};

const PROXIES: Order = Order {
    root: "adapters/reqwest/src/proxies.rs",
    within: &["proxies"],
    layers: &[&["tunnel"], &["no_proxy", "proxy"]],
};

const WATCH: Order = Order {
    root: "adapters/reqwest/src/watch.rs",
    within: &["watch"],
    layers: &[&["tee"], &["shown"], &["text"], &["known", "names", "seen"]],
};

const TRUST: Order = Order {
    root: "adapters/reqwest/src/trust.rs",
    within: &["trust"],
    layers: &[
        &["verifier"],
        &["presented", "read"],
        &["system"],
        &["authorities"],
        &["bundle", "client_certificate"],
        &["form", "x509"],
    ],
};

const KEYS: Order = Order {
    root: "adapters/reqwest/src/keys.rs",
    within: &["keys"],
    layers: &[
        &["batch", "key_file", "secret_file"],
        &["watched"],
        &["file"],
        &["certificate"],
        &["key"],
        &["choice"],
        &["note", "unusable", "verify"],
        &["content", "kind", "pss"],
        &["openssh", "rust", "text"],
        &["access", "aws_lc", "remote_signer", "wiped_stack"],
    ],
};

const PKCS11: Order = Order {
    root: "adapters/pkcs11/src/lib.rs",
    within: &[],
    layers: &[
        &["builder"],
        &["key"],
        &["login"],
        &["holder"],
        &["token", "public_key"],
        &["module", "object"],
        &["mechanism", "pin", "pool"],
        &["uri"],
        &["error"],
    ],
};
