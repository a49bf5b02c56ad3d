//! Reports the state to systemd, or to another service manager with its protocol (`sd_notify`). Without one, reports nothing.

use core::convert::Infallible;
use core::future::pending;

use sd_notify::NotifyState;
use tokio::time::interval;

use crate::terminal::say;
use crate::watch::News;

/// The command listens.
pub(super) fn ready() {
    tell(&[NotifyState::Ready]);
}

/// The command reads its files again; [`ready`] reports the end.
pub(super) fn reloading() {
    // systemd accepts the message only with the time, which must be after the request to reload.
    match NotifyState::monotonic_usec_now() {
        Ok(now) => tell(&[NotifyState::Reloading, now]),
        Err(_) => tell(&[NotifyState::Reloading]),
    }
}

/// The command ends.
pub(super) fn stopping() {
    tell(&[NotifyState::Stopping]);
}

/// The state of the token, for `systemctl status`.
pub(super) fn status(news: News<'_>) {
    let status = match news {
        News::Token(_) => "The token is available".to_owned(),
        News::NoToken(failure) => format!("No token: {}", failure.in_one_line()),
    };
    tell(&[NotifyState::Status(&status)]);
}

/// Reports that this thread still runs, twice in each interval of the unit.
pub(super) async fn watchdog() -> Infallible {
    let half = sd_notify::watchdog_enabled().and_then(|limit| limit.checked_div(2));
    let Some(half) = half.filter(|half| !half.is_zero()) else {
        return pending().await;
    };
    let mut turns = interval(half);
    loop {
        turns.tick().await;
        tell(&[NotifyState::Watchdog]);
    }
}

fn tell(state: &[NotifyState<'_>]) {
    if let Err(error) = sd_notify::notify(state) {
        say(format_args!(
            "note: cannot report to the service manager (NOTIFY_SOCKET): {error}"
        ));
    }
}
