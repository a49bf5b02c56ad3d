//! The same with a server that is found by its metadata. It is weighed, not run.
#![no_std]
#![no_main]

mod gateway;
mod halt;

use core::hint::black_box;

use cortex_m::asm::wfi;
use cortex_m_rt::entry;
use gateway::{Board, Element, Tls};
use redox_auth_core::{Client, JwtType, OAuthKey, Server, Session};
use redox_auth_gateway::{Buffers, Discovery, Gateway};

#[entry]
fn main() -> ! {
    let (mut wire, mut token, mut document) = ([0; 2048], [0; 2048], [0; 4096]);
    let Some(server) = find(&mut wire, &mut document) else {
        loop {
            wfi();
        }
    };
    let keys = [OAuthKey::new(
        black_box("client"),
        black_box("key"),
        &Element,
    )];
    let client = Client::new(server).with_oauth_keys(&keys);
    let buffers = Buffers {
        wire: &mut wire,
        token: &mut token,
    };
    gateway::run(Gateway::new(Session::new(client), Board, Tls, buffers))
}

fn find<'m>(wire: &mut [u8], document: &'m mut [u8]) -> Option<Server<'m>> {
    let base_url = black_box("https://fhir.example/r4");
    let mut discovery = Discovery::new(Board, Tls, wire).confirm_hosts(black_box(&[]));
    let found = discovery.fhir_server(base_url, document).ok()?;
    found.server(base_url, JwtType::Jwt).ok()
}
