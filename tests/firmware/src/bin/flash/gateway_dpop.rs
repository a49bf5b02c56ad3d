//! The same with tokens that are bound to a key. It is weighed, not run.
#![no_std]
#![no_main]

mod gateway;
mod halt;

use core::hint::black_box;

use cortex_m::asm::wfi;
use cortex_m_rt::entry;
use gateway::{Board, Element, Tls};
use redox_auth_core::{
    Algorithm, Client, DpopIdentity, DpopKey, OAuthKey, PublicKey, Region, Server, Session,
};
use redox_auth_gateway::{Buffers, Dpop, Gateway};

#[entry]
fn main() -> ! {
    let Ok(public_key) = PublicKey::from_ec_point(Algorithm::Es256, black_box(&[4; 65])) else {
        loop {
            wfi();
        }
    };
    let keys = [OAuthKey::new(
        black_box("client"),
        black_box("key"),
        &Element,
    )];
    let client = Client::new(Server::redox(Region::Us)).with_oauth_keys(&keys);
    let client = DpopIdentity::new(client, DpopKey::new(&public_key));
    let (mut wire, mut token) = ([0; 2048], [0; 2048]);
    let buffers = Buffers {
        wire: &mut wire,
        token: &mut token,
    };
    let gateway = Gateway::new(Session::new(client), Board, Tls, buffers);
    gateway::run(gateway.with_dpop(Dpop::<_, 128>::new(&Element)))
}
