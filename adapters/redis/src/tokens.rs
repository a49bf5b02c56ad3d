use core::time::Duration;
use std::sync::Arc;

use redis::aio::ConnectionLike;
use redis::{AsyncConnectionConfig, RedisResult, cmd};
use redox_auth_reqwest::{
    SecretBytes, SharedRecord, SharedTokens, StoreError, StoreFuture, TurnId,
};
use tokio::time::Instant;

use crate::link::Link;
use crate::seal::Seal;
use crate::{Error, SealingKey};

/// The token of one credential in Redis, for all processes that use the same name and sealing key.
#[derive(Debug)]
pub struct RedisTokens {
    link: Arc<Link>,
    timeout: Duration,
    seal: Seal,
    token_key: String,
    turn_key: String,
}

impl RedisTokens {
    /// Uses the token with this name in the Redis of a `redis`, `rediss` or `unix` URL. It connects at the first call.
    ///
    /// # Errors
    /// [`Error::Url`], which holds nothing of the URL.
    pub fn connect(url: &str, key: SealingKey, name: &str) -> Result<Self, Error> {
        let client = redis::Client::open(url).map_err(|_| Error::Url)?;
        // The limit of this crate covers connecting and the answer together.
        let config = AsyncConnectionConfig::new()
            .set_connection_timeout(None)
            .set_response_timeout(None);
        let connect = move || {
            let (client, config) = (client.clone(), config.clone());
            async move {
                client
                    .get_multiplexed_async_connection_with_config(&config)
                    .await
            }
        };
        Ok(Self::connect_by(connect, key, name))
    }

    /// The same over connections from `connect`: the first one when a call needs it, and another after a failure.
    ///
    /// Use it for certificates of your own, or for Sentinel, which names the present master:
    ///
    /// ```no_run
    /// use std::sync::Arc;
    ///
    /// use redox_auth_redis::redis::sentinel::{SentinelClient, SentinelServerType};
    /// use tokio::sync::Mutex;
    /// # use redox_auth_redis::{RedisTokens, SealingKey};
    /// # fn run(key: SealingKey) -> Result<(), Box<dyn core::error::Error>> {
    /// let sentinels = vec!["redis://sentinel-1.example:26379", "redis://sentinel-2.example:26379"];
    /// let client = SentinelClient::build(sentinels, "main", None, SentinelServerType::Master)?;
    /// let client = Arc::new(Mutex::new(client));
    /// let connect = move || {
    ///     let client = Arc::clone(&client);
    ///     async move { client.lock().await.get_async_connection().await }
    /// };
    /// let tokens = RedisTokens::connect_by(connect, key, "orders-production");
    /// # Ok(())
    /// # }
    /// ```
    pub fn connect_by<F, C>(
        connect: impl Fn() -> F + Send + Sync + 'static,
        key: SealingKey,
        name: &str,
    ) -> Self
    where
        F: Future<Output = RedisResult<C>> + Send + 'static,
        C: ConnectionLike + Send + 'static,
    {
        let token_key = token_key(name);
        Self {
            link: Arc::new(Link::new(connect)),
            timeout: DEFAULT_TIMEOUT,
            seal: Seal::new(key, &token_key),
            token_key,
            turn_key: turn_key(name),
        }
    }

    /// The token with another name, over the same connection and sealed with the same keys: one for each tenant of a
    /// service. Each name has a turn of its own.
    ///
    /// ```no_run
    /// use redox_auth_reqwest::{BuildError, Key, Redox, Tenants};
    /// # use redox_auth_redis::RedisTokens;
    /// # fn run(redis: RedisTokens, key_of: fn(&str) -> Key) {
    /// let tenants = Tenants::new(move |client_id: &String| -> Result<Redox, BuildError> {
    ///     Redox::builder()
    ///         .oauth_key(client_id, key_of(client_id))
    ///         .shared_tokens(redis.with_name(client_id))
    ///         .build()
    /// });
    /// # }
    /// ```
    #[must_use]
    pub fn with_name(&self, name: &str) -> Self {
        let token_key = token_key(name);
        Self {
            link: Arc::clone(&self.link),
            timeout: self.timeout,
            seal: self.seal.at(&token_key),
            token_key,
            turn_key: turn_key(name),
        }
    }

    /// The same over a connection that the service has already, such as a `ClusterConnection`. That connection has to
    /// reconnect by itself.
    pub fn over<C>(connection: C, key: SealingKey, name: &str) -> Self
    where
        C: ConnectionLike + Clone + Send + Sync + 'static,
    {
        let connect = move || core::future::ready(Ok(connection.clone()));
        Self::connect_by(connect, key, name)
    }

    /// Also opens records that were sealed with this key, during a change of keys. Only the first key seals.
    #[must_use]
    pub fn also_opens(mut self, key: SealingKey) -> Self {
        self.seal.also_opens(key);
        self
    }

    /// Sets the timeout of a call, connecting included. The default is 250 ms. A client waits at most half a second for a
    /// store, whatever the value.
    #[must_use]
    pub const fn timeout(mut self, timeout: Duration) -> Self {
        self.timeout = timeout;
        self
    }

    async fn read(&self) -> Result<Option<SharedRecord>, Error> {
        let sent_at = Instant::now();
        let found: Option<(Vec<u8>, i64)> = self
            .link
            .ask(
                cmd("EVAL").arg(READ).arg(1).arg(&self.token_key),
                self.timeout,
            )
            .await?;
        let Some((sealed, lives_for_ms)) = found else {
            return Ok(None);
        };
        let lives_for_ms = u64::try_from(lives_for_ms).map_err(|_| Error::NoEnd)?;
        Ok(Some(SharedRecord {
            record: SecretBytes::new(self.seal.open(&sealed)?),
            // Redis took the time at some moment after the question.
            lives_for: Duration::from_millis(lives_for_ms).saturating_sub(sent_at.elapsed()),
        }))
    }

    async fn write(&self, record: &[u8], lives_for: Duration) -> Result<(), Error> {
        // Redis rejects a lifetime of 0 ms, and nobody could use it.
        if lives_for.as_millis() == 0 {
            return Ok(());
        }
        let mut set = cmd("SET");
        set.arg(&self.token_key).arg(self.seal.seal(record)?);
        let set = set.arg("PX").arg(millis(lives_for));
        self.link.ask(set, self.timeout).await
    }

    async fn begin_turn(&self, holder: TurnId, at_most: Duration) -> Result<bool, Error> {
        let mut eval = cmd("EVAL");
        eval.arg(TAKE_TURN).arg(1).arg(&self.turn_key);
        let at_most = millis(at_most.max(Duration::from_millis(1)));
        let eval = eval.arg(holder.as_bytes()).arg(at_most);
        self.link.ask(eval, self.timeout).await
    }

    async fn give_up_turn(&self, holder: TurnId) -> Result<(), Error> {
        let mut eval = cmd("EVAL");
        eval.arg(END_TURN).arg(1).arg(&self.turn_key);
        let eval = eval.arg(holder.as_bytes());
        self.link.ask(eval, self.timeout).await
    }
}

impl SharedTokens for RedisTokens {
    fn load(&self) -> StoreFuture<'_, Option<SharedRecord>> {
        told(self.read())
    }

    fn store<'s>(&'s self, record: &'s [u8], lives_for: Duration) -> StoreFuture<'s, ()> {
        told(self.write(record, lives_for))
    }

    fn take_turn(&self, holder: TurnId, at_most: Duration) -> StoreFuture<'_, bool> {
        told(self.begin_turn(holder, at_most))
    }

    fn end_turn(&self, holder: TurnId) -> StoreFuture<'_, ()> {
        told(self.give_up_turn(holder))
    }
}

fn told<'s, T>(call: impl Future<Output = Result<T, Error>> + Send + 's) -> StoreFuture<'s, T> {
    Box::pin(async move { call.await.map_err(StoreError::new) })
}

/// The braces make a Cluster keep token and turn in one slot.
fn token_key(name: &str) -> String {
    format!("redox-auth:{{{name}}}:token")
}

fn turn_key(name: &str) -> String {
    format!("redox-auth:{{{name}}}:turn")
}

/// Whole milliseconds, rounded down.
fn millis(duration: Duration) -> u64 {
    // More than 64 bits of them is more than Redis accepts anyway.
    u64::try_from(duration.as_millis()).unwrap_or(u64::MAX)
}

/// Value and remaining lifetime at one moment.
const READ: &str = "local value = redis.call('GET', KEYS[1])
if not value then return false end
return {value, redis.call('PTTL', KEYS[1])}";

/// Takes the turn if it is free. The holder asks once more if the answer was lost.
const TAKE_TURN: &str =
    "if redis.call('SET', KEYS[1], ARGV[1], 'NX', 'PX', ARGV[2]) then return 1 end
return redis.call('GET', KEYS[1]) == ARGV[1] and 1 or 0";

/// Deletes the turn if it still belongs to this holder.
const END_TURN: &str =
    "if redis.call('GET', KEYS[1]) == ARGV[1] then redis.call('DEL', KEYS[1]) end
return 1";

/// Long for a Redis nearby, short for a caller that waits for a token.
const DEFAULT_TIMEOUT: Duration = Duration::from_millis(250);
