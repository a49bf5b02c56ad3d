use core::pin::Pin;
use core::task::{Context, Poll};

use redox_auth_core::{BlockingSigner, Client, Session, Signer};

use crate::function::{Function, functions};

/// A request whose signature is waited for.
#[used]
pub(crate) static WAITING: [Function; 1] = functions![poll(One::request_async)];

type One = Session<Client<'static, BlockingSigner<&'static dyn Signer>>>;

const fn poll<A, B, C, D, F: Future>(
    _: fn(A, B, C, D) -> F,
) -> fn(Pin<&mut F>, &mut Context<'_>) -> Poll<F::Output> {
    F::poll
}
