use core::hint::black_box;

use board::{ok, show};
use redox_auth_core::{
    Algorithm, SignatureError, parse_signature, parse_signature_der, write_signature_der,
};

pub(crate) fn forms() -> Option<()> {
    let (mut signature, mut out) = ([0; 132], [0; 139]);
    let signature = black_box(signature.as_mut_slice());
    let out = black_box(out.as_mut_slice());
    for (algorithm, len) in black_box([
        (Algorithm::Es256, 64),
        (Algorithm::Es384, 96),
        (Algorithm::Es512, 132),
    ]) {
        let signature = signature.get_mut(..len)?;
        for given in black_box([DER, [1; 132].get(..len)?]) {
            ok(parse_signature(algorithm, given, signature))?;
        }
        ok(parse_signature_der(algorithm, black_box(DER), signature))?;
        let der = ok(write_signature_der(algorithm, signature, out))?;
        (der == DER).then_some(())?;
        for given in black_box([b"".as_slice(), b"text", b"\x30\x00"]) {
            refused(parse_signature(algorithm, given, signature))?;
            refused(parse_signature_der(algorithm, given, signature))?;
        }
        let too_short = write_signature_der(algorithm, signature, black_box(&mut []));
        show(&too_short.err()?)?;
    }
    let of_rsa = black_box(Algorithm::Rs384);
    refused(parse_signature_der(of_rsa, black_box(DER), signature))
}

fn refused(parsed: Result<(), SignatureError>) -> Option<()> {
    show(&parsed.err()?)
}

const DER: &[u8] = b"\x30\x07\x02\x02\x00\x80\x02\x01\x05";
