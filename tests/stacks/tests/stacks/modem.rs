//! A modem with AT commands, simulated; its TCP connections and its HTTP are real.

use redox_auth_embedded_tls::{Records, Tls};
use redox_auth_stacks::{
    Modem, ModemHttp, Provider, SessionTime, Simulator, deliver, post_message,
};

use crate::{plain_sandbox, tls_sandbox};

#[test]
fn a_modems_byte_stream_delivers_over_embedded_tls() {
    let sandbox = tls_sandbox();
    let authority = sandbox.authority();
    let (simulator, line, dtr) = Simulator::start();
    let (mut read, mut write) = ([0; Records::READ_LEN], [0; Records::WRITE_LEN]);
    let records = Records::new(&mut read, &mut write);
    let modem = Modem::new(line, dtr).unwrap();
    let tls = Tls::new(modem, &records, Provider::new(&authority));
    let tls = tls
        .on_handshake(SessionTime::set)
        .with_look(Modem::is_quiet);
    deliver(&sandbox, tls);
    assert!(simulator.connections() >= 2);
}

#[test]
fn a_modems_own_http_goes_by_the_session_alone() {
    let sandbox = plain_sandbox();
    let (simulator, line, dtr) = Simulator::start();
    let mut http = ModemHttp::new(Modem::new(line, dtr).unwrap());
    let status = embassy_futures::block_on(post_message(&sandbox, &mut http));
    assert_eq!(status.unwrap(), 200);
    drop(http);
    assert_eq!(simulator.connections(), 2);
}
