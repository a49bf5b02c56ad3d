//! Stacks that bring their own TCP, on Ethernet: a TAP device whose other end is this machine.

use embassy_futures::select::{Either, select};
use embassy_net::dns::DnsSocket;
use embassy_net::tcp::client::{TcpClient, TcpClientState};
use embassy_net::{Config, Ipv4Address, Ipv4Cidr, StackResources, StaticConfigV4};
use embassy_net_tuntap::TunTapDevice;
use rand_core::{OsRng, RngCore as _};
use redox_auth_embedded_tls::{AsyncTls, Records, Tls};
use redox_auth_gateway::EmbeddedNal;
use redox_auth_stacks::{
    DnsServer, Provider, Sandbox, SessionTime, Smoltcp, deliver, deliver_async, raise,
};

const HOST: &str = "gateway.example";

#[test]
fn smoltcp_delivers_over_embedded_tls() {
    let server = Ipv4Address::new(10, 77, 1, 1);
    let smoltcp = Smoltcp::new("redox-smoltcp", Ipv4Address::new(10, 77, 1, 2), server);
    raise("redox-smoltcp", "10.77.1.1/24");
    let sandbox = Sandbox::start(&["--tls", "--listen", "10.77.1.1:0", "--host", HOST]);
    let authority = sandbox.authority();
    let (mut read, mut write) = ([0; Records::READ_LEN], [0; Records::WRITE_LEN]);
    let records = Records::new(&mut read, &mut write);
    let tls = Tls::new(smoltcp, &records, Provider::new(&authority));
    deliver(&sandbox, tls.on_handshake(SessionTime::set));
}

#[test]
fn embassy_net_delivers_over_embedded_tls() {
    let device = TunTapDevice::new("redox-embassy").unwrap();
    raise("redox-embassy", "10.77.2.1/24");
    let _dns = DnsServer::start("10.77.2.1", HOST);
    let sandbox = Sandbox::start(&["--tls", "--listen", "10.77.2.1:0", "--host", HOST]);
    let authority = sandbox.authority();
    let mut config = StaticConfigV4 {
        address: Ipv4Cidr::new(Ipv4Address::new(10, 77, 2, 2), 24),
        gateway: None,
        dns_servers: Default::default(),
    };
    config
        .dns_servers
        .push(Ipv4Address::new(10, 77, 2, 1))
        .unwrap();
    let mut resources = StackResources::<3>::new();
    let config = Config::ipv4_static(config);
    let (stack, mut runner) = embassy_net::new(device, config, &mut resources, OsRng.next_u64());
    let state = TcpClientState::<1, 1_024, 1_536>::new();
    let (tcp, dns) = (TcpClient::new(stack, &state), DnsSocket::new(stack));
    let (mut read, mut write) = ([0; Records::READ_LEN], [0; Records::WRITE_LEN]);
    let records = Records::new(&mut read, &mut write);
    let tcp = EmbeddedNal::new(&tcp, &dns);
    let tls = AsyncTls::new(tcp, &records, Provider::new(&authority));
    let delivered = async {
        stack.wait_config_up().await;
        deliver_async(&sandbox, tls.on_handshake(SessionTime::set)).await;
    };
    let ended = async_io::block_on(select(runner.run(), delivered));
    assert!(matches!(ended, Either::Second(())));
}
