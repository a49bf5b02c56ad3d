//! Whole exchanges with a sandbox.

use redox_auth_benches::exchanges;
use redox_auth_contender::serve;

fn main() -> std::io::Result<()> {
    serve(exchanges)
}
