//! Many sessions in one process.

use redox_auth_benches::sessions;
use redox_auth_contender::serve;

fn main() -> std::io::Result<()> {
    serve(sessions)
}
