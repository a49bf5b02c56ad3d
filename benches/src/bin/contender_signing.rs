//! Our assertions, and the signatures in them alone.

use redox_auth_benches::signing;
use redox_auth_contender::serve;

fn main() -> std::io::Result<()> {
    serve(signing)
}
