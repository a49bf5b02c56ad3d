//! Signing for many keys at once.

use redox_auth_benches::batches;
use redox_auth_contender::serve;

fn main() -> std::io::Result<()> {
    serve(batches)
}
