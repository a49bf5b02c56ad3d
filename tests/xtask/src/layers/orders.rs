use super::Order;

/// The orders that hold.
pub(super) const ORDERS: &[Order] = &[CORE, DOCTOR, BENCHES];

const CORE: Order = Order {
    root: "core/src/lib.rs",
    within: &[],
    layers: &[
        &["sessions"],
        &["session"],
        &["identity", "request"],
        &["assertion", "legacy", "server", "signing_key"],
        &[
            "credential",
            "incoming",
            "jwt_id",
            "key",
            "meta",
            "response",
            "retry_after",
            "unsigned",
        ],
        &["expiry", "out"],
        &["write_error"],
        &["digest", "json", "signer", "time"],
        &[
            "algorithm",
            "base64url",
            "division",
            "jwt",
            "parse_error",
            "region",
            "secret",
        ],
    ],
};

const DOCTOR: Order = Order {
    root: "adapters/cli/src/doctor.rs",
    within: &["doctor"],
    layers: &[
        &["configuration", "source", "tokens"],
        &["keys", "network"],
        &["tls"],
        &["patience", "report"],
    ],
};

const BENCHES: Order = Order {
    root: "benches/src/lib.rs",
    within: &[],
    layers: &[
        &["batch", "calls", "driver", "render", "steady_load"],
        &["dead_endpoint", "exchanges", "sessions", "signing"],
        &["inputs", "null_signer", "offer", "results"],
    ],
};

#[expect(dead_code, reason = "the adapter is being laid out in these rooms")]
const REQWEST: Order = Order {
    root: "adapters/reqwest/src/lib.rs",
    within: &[],
    layers: &[
        &["blocking", "env", "message", "tenants"],
        &["builder"],
        &["client"],
        &["requests"],
        &["tokens"],
        &["connections", "keys"],
        &["clock", "error", "telemetry"],
    ],
};
