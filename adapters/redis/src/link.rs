use core::fmt;
use core::time::Duration;

use redis::aio::ConnectionLike;
use redis::{Cmd, FromRedisValue, RedisFuture, RedisResult, Value, from_redis_value};
use tokio::sync::Mutex;
use tokio::time::timeout;

use crate::Error;

/// The way to Redis, one command at a time: a connection that opens when a command needs it, and stays open while it
/// answers.
///
/// The connection manager of the `redis` crate fails the first command after every loss, even of an idle connection, and
/// remembers a failed attempt to connect until the next command. The client asks for a token every few minutes, therefore
/// each of these would cost a token.
pub(crate) struct Link {
    connect: Box<Connect>,
    kept: Mutex<Option<Connection>>,
}

type Connection = Box<dyn ConnectionLike + Send>;
type Connect = dyn Fn() -> RedisFuture<'static, Connection> + Send + Sync;

impl Link {
    pub(crate) fn new<F, C>(connect: impl Fn() -> F + Send + Sync + 'static) -> Self
    where
        F: Future<Output = RedisResult<C>> + Send + 'static,
        C: ConnectionLike + Send + 'static,
    {
        Self {
            connect: Box::new(move || {
                let connecting = connect();
                Box::pin(async move { Ok(Box::new(connecting.await?) as Connection) })
            }),
            kept: Mutex::new(None),
        }
    }

    /// The answer to one command, within `limit`.
    pub(crate) async fn ask<T: FromRedisValue>(
        &self,
        command: &Cmd,
        limit: Duration,
    ) -> Result<T, Error> {
        let answer = timeout(limit, self.answer(command)).await;
        let answer = answer.map_err(|_| Error::TimedOut { after: limit })?;
        let answer = answer.map_err(Error::of)?;
        // The parser's error would hold the answer.
        from_redis_value(answer).map_err(|_| Error::Answer)
    }

    async fn answer(&self, command: &Cmd) -> RedisResult<Value> {
        let mut kept = self.kept.lock().await;
        // Out of its place while it is in use, so that a connection that failed or hung is not used again.
        if let Some(mut connection) = kept.take() {
            match send(&mut connection, command).await {
                // Usually it was closed while it was idle. If Redis gave a turn and the answer was lost, the turn ends by
                // itself, and doing any other command twice is harmless.
                Err(error) if error.is_connection_dropped() => {}
                answer => {
                    *kept = answer.is_ok().then_some(connection);
                    return answer;
                }
            }
        }
        let mut connection = (self.connect)().await?;
        let answer = send(&mut connection, command).await?;
        *kept = Some(connection);
        Ok(answer)
    }
}

async fn send(connection: &mut Connection, command: &Cmd) -> RedisResult<Value> {
    let answer = connection.req_packed_command(command).await?;
    answer.extract_error()
}

impl fmt::Debug for Link {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Link").finish_non_exhaustive()
    }
}
