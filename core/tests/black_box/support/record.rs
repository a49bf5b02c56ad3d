//! Records of tokens: making, changing and inspecting them.
#![expect(
    clippy::arithmetic_side_effects,
    reason = "an overflow in a test is a failure with a place"
)]

use crc::{CRC_64_XZ, Crc};
use redox_auth_core::{Client, Identity, Instant, RestoreError, TokenStorage};

use crate::support::driver::{Driver, FakeSigner, START, legacy_token};

pub(crate) type Device<const N: usize = 1024> = Driver<Client<'static, FakeSigner>, [u8; N]>;

/// A device with a token of 300 s, `access-token`.
pub(crate) fn with_oauth_token(client: Client<'static, FakeSigner>) -> Device {
    let mut device = Device::new(client);
    device.get_token("access-token", 300);
    device
}

/// A device with a token of a day, `access-token`, and the refresh token `refresh-token`.
pub(crate) fn with_legacy_token(client: Client<'static, FakeSigner>) -> Device {
    let mut device = Device::new(client);
    let body = legacy_token(
        "access-token",
        START.saturating_add(86_400),
        "refresh-token",
    );
    assert!(device.exchange(200, &body).is_token());
    device
}

/// The device's record.
pub(crate) fn record_of<I, S>(device: &Driver<I, S>) -> Vec<u8>
where
    I: Identity<Signer = FakeSigner>,
    S: TokenStorage,
{
    let mut out = vec![0xaa; 4_096];
    device.session.save(device.now, &mut out).unwrap().to_vec()
}

/// The same device after it was off for `secs`. Only the wall clock continues.
pub(crate) fn rebooted<const N: usize>(
    before: &Device,
    client: Client<'static, FakeSigner>,
    secs: u64,
) -> Device<N> {
    let mut device = Device::<N>::new(client);
    device.now.instant = Instant::from_millis(0);
    device.now.unix = before.now.unix.map(|unix| unix.saturating_add(secs));
    device.server_time = before.server_time.saturating_add(secs);
    device
}

pub(crate) fn restore<const N: usize>(
    device: &mut Device<N>,
    record: &[u8],
) -> Result<(), RestoreError> {
    device.session.restore(device.now, record)
}

/// A record with some bytes replaced, and a valid checksum.
pub(crate) fn forged(record: &[u8], at: usize, bytes: &[u8]) -> Vec<u8> {
    let mut content = record[..record.len() - CHECKSUM_LEN].to_vec();
    content[at..at + bytes.len()].copy_from_slice(bytes);
    sealed(content)
}

/// Any content, with a valid checksum.
pub(crate) fn sealed(mut content: Vec<u8>) -> Vec<u8> {
    let checksum = checksum(&content);
    content.extend(checksum.to_be_bytes());
    content
}

pub(crate) fn checksum(content: &[u8]) -> u64 {
    Crc::<u64>::new(&CRC_64_XZ).checksum(content)
}

/// The start of each part of a record.
pub(crate) const VERSION_AT: usize = 4;
pub(crate) const WAY_AT: usize = 5;
pub(crate) const KEY_AT: usize = 6;
pub(crate) const FINGERPRINT_AT: usize = 8;
pub(crate) const SAVED_AT: usize = 16;
pub(crate) const EXPIRES_AT: usize = 24;
pub(crate) const OFFSET_AT: usize = 32;
pub(crate) const LIFETIME_AT: usize = 40;
pub(crate) const LENGTHS_AT: usize = 44;
pub(crate) const TOKENS_AT: usize = 48;
pub(crate) const CHECKSUM_LEN: usize = 8;
