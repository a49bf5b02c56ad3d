//! Stacks on the sockets of this machine's operating system.

use redox_auth_embedded_tls::{AsyncTls, Records, Tls};
use redox_auth_gateway::{EdgeNal, EmbeddedNal};
use redox_auth_stacks::{Provider, SessionTime, StdTcp, deliver, deliver_async};

use crate::{plain_sandbox, tls_sandbox};

#[test]
fn std_streams_deliver() {
    deliver(&plain_sandbox(), StdTcp);
}

#[test]
fn std_streams_deliver_over_embedded_tls() {
    let sandbox = tls_sandbox();
    let authority = sandbox.authority();
    let (mut read, mut write) = ([0; Records::READ_LEN], [0; Records::WRITE_LEN]);
    let records = Records::new(&mut read, &mut write);
    let tls = Tls::new(StdTcp, &records, Provider::new(&authority));
    deliver(&sandbox, tls.on_handshake(SessionTime::set));
}

#[test]
fn edge_nal_delivers() {
    let (sandbox, stack) = (plain_sandbox(), edge_nal_std::Stack::new());
    async_io::block_on(deliver_async(&sandbox, EdgeNal::new(&stack, &stack)));
}

#[test]
fn edge_nal_delivers_over_embedded_tls() {
    let (sandbox, stack) = (tls_sandbox(), edge_nal_std::Stack::new());
    let authority = sandbox.authority();
    let (mut read, mut write) = ([0; Records::READ_LEN], [0; Records::WRITE_LEN]);
    let records = Records::new(&mut read, &mut write);
    let tcp = EdgeNal::new(&stack, &stack);
    let tls = AsyncTls::new(tcp, &records, Provider::new(&authority));
    async_io::block_on(deliver_async(&sandbox, tls.on_handshake(SessionTime::set)));
}

#[test]
fn embedded_nal_async_delivers() {
    let (sandbox, stack) = (plain_sandbox(), std_embedded_nal_async::Stack::default());
    async_io::block_on(deliver_async(&sandbox, EmbeddedNal::new(&stack, &stack)));
}

#[test]
fn embedded_nal_async_delivers_over_embedded_tls() {
    let (sandbox, stack) = (tls_sandbox(), std_embedded_nal_async::Stack::default());
    let authority = sandbox.authority();
    let (mut read, mut write) = ([0; Records::READ_LEN], [0; Records::WRITE_LEN]);
    let records = Records::new(&mut read, &mut write);
    let tcp = EmbeddedNal::new(&stack, &stack);
    let tls = AsyncTls::new(tcp, &records, Provider::new(&authority));
    async_io::block_on(deliver_async(&sandbox, tls.on_handshake(SessionTime::set)));
}
