//! Authorities, and what they issue.

use rcgen::{
    BasicConstraints, CertificateParams, DistinguishedName, DnType, IsCa, Issuer, KeyPair,
    KeyUsagePurpose, date_time_ymd,
};
use redox_auth_reqwest::{Algorithm, CertificateChain};

use crate::keys;

/// Somebody who issues certificates, and the certificates that lead from there to a root.
pub(crate) struct Authority {
    params: CertificateParams,
    key: KeyPair,
    chain: Vec<Vec<u8>>,
}

impl Authority {
    pub(crate) fn root(name: &str, key: KeyPair) -> Self {
        let params = authority(name);
        let certificate = params.self_signed(&key).unwrap();
        Self {
            params,
            key,
            chain: vec![certificate.der().to_vec()],
        }
    }

    /// An authority that this one vouches for.
    pub(crate) fn authority(&self, name: &str, key: KeyPair) -> Self {
        let params = authority(name);
        let chain = self.issue(&params, &key);
        Self { params, key, chain }
    }

    /// The chain of a key: its own certificate, and those of the authorities up to the root.
    pub(crate) fn certify(&self, pkcs8: &[u8]) -> Vec<Vec<u8>> {
        self.issue(&named(SUBJECT), &pair(pkcs8))
    }

    fn issue(&self, params: &CertificateParams, key: &KeyPair) -> Vec<Vec<u8>> {
        let issuer = Issuer::from_params(&self.params, &self.key);
        let certificate = params.signed_by(key, &issuer).unwrap();
        let own = certificate.der().to_vec();
        [vec![own], self.chain.clone()].concat()
    }
}

/// A root on P-384, an authority below it on P-256, and the chain of a key for which that vouches.
pub(crate) fn three(pkcs8: &[u8]) -> Vec<Vec<u8>> {
    let root = Authority::root("Root", pair(&keys::pkcs8(Algorithm::Es384)));
    let middle = root.authority("Middle", pair(&keys::pkcs8(Algorithm::Es256)));
    middle.certify(pkcs8)
}

/// A chain with the largest number of certificates that is accepted.
pub(crate) fn ten(pkcs8: &[u8]) -> Vec<Vec<u8>> {
    let new = || pair(&keys::pkcs8(Algorithm::Es256));
    let root = Authority::root("0", new());
    let lowest = (1..9).fold(root, |above, number| {
        above.authority(&number.to_string(), new())
    });
    lowest.certify(pkcs8)
}

/// A certificate of a key by itself.
pub(crate) fn self_signed(pkcs8: &[u8]) -> Vec<u8> {
    let certificate = named(SUBJECT).self_signed(&pair(pkcs8)).unwrap();
    certificate.der().to_vec()
}

pub(crate) fn pair(pkcs8: &[u8]) -> KeyPair {
    KeyPair::try_from(pkcs8).unwrap()
}

pub(crate) fn chain(certificates: &[Vec<u8>]) -> CertificateChain {
    CertificateChain::parse(&certificates.concat()).unwrap()
}

pub(crate) fn pem(certificates: &[Vec<u8>]) -> String {
    let blocks = certificates
        .iter()
        .map(|certificate| keys::pem("CERTIFICATE", certificate));
    blocks.collect()
}

fn authority(name: &str) -> CertificateParams {
    let mut params = named(name);
    params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
    params.key_usages = vec![KeyUsagePurpose::KeyCertSign];
    params
}

fn named(name: &str) -> CertificateParams {
    let mut params = CertificateParams::new(Vec::new()).unwrap();
    params.distinguished_name = DistinguishedName::new();
    params.distinguished_name.push(DnType::CountryName, "NL");
    params.distinguished_name.push(DnType::CommonName, name);
    params.not_before = date_time_ymd(2026, 1, 1);
    params.not_after = date_time_ymd(2027, 1, 1);
    params
}

/// Whose the certificates of keys are.
const SUBJECT: &str = "Client, Inc.";
