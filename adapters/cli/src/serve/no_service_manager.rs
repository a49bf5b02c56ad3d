//! This system has no service manager with the protocol of systemd.

use core::convert::Infallible;
use core::future::pending;

use crate::watch::News;

pub(super) const fn ready() {}

pub(super) const fn reloading() {}

pub(super) const fn stopping() {}

pub(super) const fn status(_: News<'_>) {}

pub(super) async fn watchdog() -> Infallible {
    pending().await
}
