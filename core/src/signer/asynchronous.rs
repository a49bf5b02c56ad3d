use core::future::poll_fn;
use core::task::Poll;

use super::{SignError, Signer};
use crate::algorithm::Algorithm;

/// Signs with one private key, asynchronously: in a secure element on an asynchronous bus, or in a security core behind
/// a mailbox.
///
/// All methods must describe the same key for as long as the value lives, as those of [`Signer`] must. Put a bus that
/// is shared or needs `&mut` into a mutex of the executor. A cancelled call must leave the bus usable.
///
/// The future need not be `Send`: executors on a device poll on one core, and their buses are often not `Send`. The
/// future of a known type is still `Send` if all its parts are, and can be spawned. Only code that is generic over the
/// signer cannot require it. Such code on several threads signs between
/// [`TokenRequest::prepare`](crate::TokenRequest::prepare) and [`Unsigned::finish`](crate::Unsigned::finish) instead.
pub trait AsyncSigner {
    /// The algorithm of the key.
    fn algorithm(&self) -> Algorithm;

    /// The length of every signature in bytes, as [`Signer::signature_len`].
    fn signature_len(&self) -> usize;

    /// Hashes and signs `message`, filling all of `signature`, as [`Signer::sign`] does.
    ///
    /// # Errors
    /// [`SignError`] if there is no signature. `signature` then holds nothing to rely on.
    fn sign(
        &self,
        message: &[u8],
        signature: &mut [u8],
    ) -> impl Future<Output = Result<(), SignError>>;
}

impl<S: AsyncSigner + ?Sized> AsyncSigner for &S {
    fn algorithm(&self) -> Algorithm {
        (**self).algorithm()
    }

    fn signature_len(&self) -> usize {
        (**self).signature_len()
    }

    fn sign(
        &self,
        message: &[u8],
        signature: &mut [u8],
    ) -> impl Future<Output = Result<(), SignError>> {
        (**self).sign(message, signature)
    }
}

/// Makes an [`AsyncSigner`] of a [`Signer`]. Use it for a key in software, in a program whose other devices have their
/// key in a secure element.
///
/// It signs when it is polled, and blocks the executor meanwhile. A wrapper instead of a blanket `impl` lets a type
/// implement both traits in different ways.
#[derive(Clone, Copy, Debug)]
pub struct BlockingSigner<S: ?Sized>(
    /// The signer.
    pub S,
);

impl<S: Signer + ?Sized> AsyncSigner for BlockingSigner<S> {
    fn algorithm(&self) -> Algorithm {
        self.0.algorithm()
    }

    fn signature_len(&self) -> usize {
        self.0.signature_len()
    }

    // Not an `async fn`, because the compiler guards the end of those with a panic. This future may sign again.
    fn sign(
        &self,
        message: &[u8],
        signature: &mut [u8],
    ) -> impl Future<Output = Result<(), SignError>> {
        poll_fn(move |_| Poll::Ready(self.0.sign(message, signature)))
    }
}
