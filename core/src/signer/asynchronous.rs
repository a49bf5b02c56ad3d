use core::future::poll_fn;
use core::task::Poll;

use super::{SignError, Signer};
use crate::algorithm::Algorithm;

/// Something that signs with one private key and takes its time: a secure element on an asynchronous bus, a security
/// core behind a mailbox.
///
/// The three methods speak of the same key for as long as the value lives, as those of [`Signer`] do. A bus that is
/// shared or needs `&mut` goes into a mutex of the executor's; a call that is cancelled must leave it usable.
///
/// The future is not asked to be `Send`: executors on a device poll on one core, and their buses are often not `Send`.
/// The future of a known type still is when all in it is, and can be spawned; only code that is generic over the signer
/// cannot ask for it. Such code on several threads signs between [`TokenRequest::prepare`](crate::TokenRequest::prepare)
/// and [`Unsigned::finish`](crate::Unsigned::finish) instead.
pub trait AsyncSigner {
    /// What the key signs with.
    fn algorithm(&self) -> Algorithm;

    /// The length of every signature in bytes, as [`Signer::signature_len`].
    fn signature_len(&self) -> usize;

    /// Hashes and signs `message`, filling all of `signature`, as [`Signer::sign`] does.
    ///
    /// # Errors
    /// [`SignError`] when there is no signature; `signature` then holds nothing to rely on.
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

/// A [`Signer`] where an [`AsyncSigner`] is asked for: the key in software of a program whose other devices have theirs
/// in a secure element.
///
/// It signs when it is polled, and nothing else on that executor runs until it has. A wrapper and no blanket `impl`, so
/// that a type can be both, each in its own way.
#[derive(Clone, Copy, Debug)]
pub struct BlockingSigner<S: ?Sized>(
    /// What signs.
    pub S,
);

impl<S: Signer + ?Sized> AsyncSigner for BlockingSigner<S> {
    fn algorithm(&self) -> Algorithm {
        self.0.algorithm()
    }

    fn signature_len(&self) -> usize {
        self.0.signature_len()
    }

    // No `async fn`: the compiler guards the end of those by a panic, and this may as well sign again.
    fn sign(
        &self,
        message: &[u8],
        signature: &mut [u8],
    ) -> impl Future<Output = Result<(), SignError>> {
        poll_fn(move |_| Poll::Ready(self.0.sign(message, signature)))
    }
}
