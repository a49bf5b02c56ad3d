use heapless::String;
use redox_auth_core::{Channel, Instant, Now, Paced, Started, Turn};

use crate::headers::is_page_type;
use crate::{Connector, Device, Endpoint, Error, Exchange};

/// The connection, if there is one, and the exchange over it.
pub(crate) struct Link<'b, D, C: Connector> {
    pub(crate) device: D,
    pub(crate) connector: C,
    pub(crate) exchange: Exchange<'b>,
    pub(crate) open: Option<Open<C::Connection>>,
    /// An exchange has begun and has not ended.
    is_busy: bool,
    /// The gateway closes connections that were idle for longer than this.
    idle_max_ms: u32,
}

/// A connection and its endpoint.
pub(crate) struct Open<T> {
    pub(crate) io: T,
    pub(crate) channel: Channel,
    pub(crate) is_reused: bool,
    /// Empty if the name is too long to store: such a connection is used once.
    host: String<HOST_MAX>,
    port: u16,
    is_tls: bool,
    idle_since: Instant,
    /// The server's idle time-out.
    idle_ms: u64,
}

impl<'b, D: Device, C: Connector> Link<'b, D, C> {
    pub(crate) const fn new(device: D, connector: C, exchange: Exchange<'b>) -> Self {
        Self {
            device,
            connector,
            exchange,
            open: None,
            is_busy: false,
            idle_max_ms: u32::MAX,
        }
    }

    pub(crate) fn now(&mut self) -> Instant {
        self.device.now().instant
    }

    /// Whether the pace allows a request to this host, if the device keeps a pace.
    pub(crate) fn may_begin(&mut self, host: &str, now: Instant) -> Result<(), Error> {
        let Some(pace) = self.device.pace(host) else {
            return Ok(());
        };
        let (until, trouble) = match pace.next(now) {
            Turn::Begin => return Ok(()),
            Turn::Wait { until } => (until, None),
            Turn::Stop { until, trouble } => (until, Some(trouble)),
        };
        Err(Error::NotYet { until, trouble })
    }

    /// Records in the host's pace that a request begins.
    pub(crate) fn begin_by_pace(
        &mut self,
        host: &str,
        now: Instant,
    ) -> Result<Option<Started>, Error> {
        self.may_begin(host, now)?;
        let pace = self.device.pace(host);
        Ok(pace.map(|pace| pace.begin(now)))
    }

    /// Reports the host's answer to its pace. The caller processes the answer itself.
    pub(crate) fn answered(&mut self, host: &str, started: Option<Started>, now: Now) {
        if let Some(started) = started
            && let Some(pace) = self.device.pace(host)
        {
            let headers = self.exchange.headers();
            let answer = Paced::status(self.exchange.status())
                .with_retry_after(headers.get("Retry-After"))
                .with_date(headers.get("Date"))
                .with_page(headers.get("Content-Type").is_some_and(is_page_type));
            let _ = pace.answered(started, now, &answer);
        }
    }

    /// Prepares a connection to `to`. Returns `true` if the current connection can be used, otherwise closes it.
    pub(crate) fn reuse(&mut self, to: Endpoint<'_>) -> bool {
        let now = self.now();
        let idle_ms = self.exchange.limits().idle_ms.min(self.idle_max_ms);
        let fits = self.open.as_mut().is_some_and(|open| {
            let idle_ms = open.idle_ms.min(idle_ms.into());
            open.leads(to)
                && now < open.idle_since.saturating_add_millis(idle_ms)
                && self.connector.is_alive(&mut open.io, to)
        });
        match &mut self.open {
            Some(open) if fits => open.is_reused = true,
            open => *open = None,
        }
        fits
    }

    pub(crate) fn opened(&mut self, to: Endpoint<'_>, io: C::Connection, channel: Channel) {
        let idle_since = self.now();
        self.open = Some(Open {
            io,
            channel,
            is_reused: false,
            host: String::try_from(to.host).unwrap_or_default(),
            port: to.port,
            is_tls: to.is_tls,
            idle_since,
            idle_ms: u64::MAX,
        });
    }

    pub(crate) const fn begin(&mut self) {
        self.is_busy = true;
    }

    /// Ends the exchange, if there is one. Keeps the connection if the next answer would start here.
    pub(crate) fn end(&mut self) {
        if !core::mem::replace(&mut self.is_busy, false) {
            return;
        }
        let now = self.now();
        match &mut self.open {
            Some(open) if self.exchange.leaves_connection() => {
                open.idle_since = now;
                if let Some(secs) = self.exchange.idle_secs() {
                    open.idle_ms = secs.saturating_sub(1).saturating_mul(1_000);
                }
            }
            open => *open = None,
        }
        self.exchange.end();
    }

    /// Records that a kept connection ended before the first byte of an answer. Later connections are closed after half
    /// of that idle time, and therefore this happens only once.
    pub(crate) fn learn_end(&mut self) {
        let now = self.now().as_millis();
        if let Some(open) = &self.open {
            let idle_ms = now.saturating_sub(open.idle_since.as_millis()) / 2;
            let idle_ms = u32::try_from(idle_ms).unwrap_or(u32::MAX);
            self.idle_max_ms = self.idle_max_ms.min(idle_ms.max(IDLE_LEARNED_MIN_MS));
        }
    }

    /// Ends the exchange and the connection.
    pub(crate) fn close(&mut self) {
        self.is_busy = false;
        self.open = None;
        self.exchange.end();
    }
}

impl<T> Open<T> {
    fn leads(&self, to: Endpoint<'_>) -> bool {
        !self.host.is_empty()
            && self.host.eq_ignore_ascii_case(to.host)
            && self.port == to.port
            && self.is_tls == to.is_tls
    }
}

/// The longest host name whose connection is kept, in bytes.
const HOST_MAX: usize = 64;

/// A connection is kept for at least this long, however soon an earlier connection ended, in milliseconds.
const IDLE_LEARNED_MIN_MS: u32 = 1_000;
