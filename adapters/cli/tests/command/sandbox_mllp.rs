use crate::running::Running;
use crate::send_many::results;
use crate::support::Folder;

/// Each fault with what `send --mllp` makes of it.
const FAULTS: [(&str, &str, i32); 10] = [
    ("late=20ms", "ok", 0),
    ("ae", "refused", 1),
    ("ar", "refused", 1),
    ("stale", "ok", 0),
    ("split", "ok", 0),
    ("no-cr", "ok", 0),
    ("lf", "ok", 0),
    ("other-id", "unknown", 3),
    ("hang-up", "unknown", 3),
    ("silent", "unknown", 3),
];

#[test]
fn every_fault_of_the_sandbox_has_its_outcome() {
    let folder = Folder::new();
    folder.write(
        "one.hl7",
        "MSH|^~\\&|A|B|C|D|2026||ADT^A01|M1|P|2.3\rEVN|A01\r",
    );
    let mut call = folder.call(&["sandbox", "--mllp", "127.0.0.1:0"]);
    for (fault, _, _) in FAULTS {
        let order = format!("mllp:{fault}:times=1");
        call = call.args(&["--fault", &order]);
    }
    let sandbox = Running::start(call.args(&["--fault", "mllp:idle=1ms"]));
    let address = loop {
        let line = sandbox.line();
        if let Some(address) = line.strip_prefix("export REDOX_MLLP='") {
            break address.trim_end_matches('\'').to_owned();
        }
    };
    let send = ["send", "--mllp", &address, "--ack-timeout", "1", "one.hl7"];
    let mut calls = FAULTS.to_vec();
    // No more faults but the one that is none for a single message.
    calls.push(("idle", "ok", 0));
    for (fault, expected, code) in calls {
        let outcome = folder.run(&send);
        let found = results(&outcome);
        assert_eq!(found[0]["outcome"], expected, "{fault}: {outcome:#?}");
        assert_eq!(outcome.code, Some(code), "{fault}: {outcome:#?}");
    }
}

#[test]
fn a_fault_of_mllp_needs_the_port_for_it() {
    let folder = Folder::new();
    let error = folder.run(&["sandbox", "--fault", "mllp:ae"]).failed(2);
    assert!(
        error.contains("--fault mllp:… needs --mllp ADDR"),
        "{error}"
    );
}
