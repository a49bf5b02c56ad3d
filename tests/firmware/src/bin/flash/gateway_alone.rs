//! A gateway, with signatures and connections made elsewhere. It is weighed, not run.
#![no_std]
#![no_main]

mod gateway;
mod halt;

use core::hint::black_box;

use cortex_m_rt::entry;
use gateway::{Board, Element, Tls};
use redox_auth_core::{Client, OAuthKey, Region, Server, Session};
use redox_auth_gateway::{Buffers, Gateway};

#[entry]
fn main() -> ! {
    let keys = [OAuthKey::new(
        black_box("client"),
        black_box("key"),
        &Element,
    )];
    let client = Client::new(Server::redox(Region::Us)).with_oauth_keys(&keys);
    let (mut wire, mut token) = ([0; 2048], [0; 2048]);
    let buffers = Buffers {
        wire: &mut wire,
        token: &mut token,
    };
    gateway::run(Gateway::new(Session::new(client), Board, Tls, buffers))
}
