//! Every call of core, and what else does the same.

use redox_auth_benches::calls;
use redox_auth_contender::serve;

fn main() -> std::io::Result<()> {
    serve(calls)
}
