//! Both ends of the protocol in memory on virtual time. Test names carry the rows of the
//! conformance table that they show.

#[path = "pair/calls.rs"]
mod calls;
#[path = "pair/containers.rs"]
mod containers;
#[path = "pair/creating.rs"]
mod creating;
#[path = "pair/harness.rs"]
mod harness;
#[path = "pair/http.rs"]
mod http;
#[path = "pair/keys.rs"]
mod keys;
#[path = "pair/limits.rs"]
mod limits;
#[path = "pair/reports.rs"]
mod reports;
#[path = "pair/salts.rs"]
mod salts;

use std::sync::{Arc, OnceLock};

use mtproto::Shared;
use mtproto::crypto::Random;
use mtproto::crypto::rsa::PrivateKey;
use mtproto::handshake::{Config, RsaKeys};
use mtproto::salts::Salts;
use mtproto::transport::Detector;

/// The server's secrets; made once, as an RSA key takes a while.
fn shared() -> Arc<Shared> {
    static SHARED: OnceLock<Arc<Shared>> = OnceLock::new();
    let make = || {
        let mut random = Random::new([11; 32]);
        let keys = RsaKeys::new(vec![PrivateKey::generate(&mut random)]);
        let handshake = Arc::new(Config::new(keys, &mut random));
        Arc::new(Shared {
            salts: Salts::new([5; 32]),
            handshake,
        })
    };
    Arc::clone(SHARED.get_or_init(make))
}

fn detector() -> Arc<Detector> {
    Arc::new(Detector::default())
}
