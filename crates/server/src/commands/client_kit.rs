//! `cameo client-kit`: what an unmodified client needs to reach this server, ready to paste.

use std::fmt::Write as _;
use std::io::Write as _;
use std::net::{IpAddr, Ipv4Addr};
use std::path::Path;

use mtproto::crypto::rsa::PublicKey;

use super::arguments::SettingArguments;
use crate::server_key::{PUBLIC_KEY_FILE, public_key};
use crate::settings::Settings;
use crate::start::StartError;

/// The data centre numbers that clients know of; all of them are this server.
/// Source: every client's built-in list.
const DCS: std::ops::RangeInclusive<i32> = 1..=5;

/// The public exponent of every key. Source: all keys that clients carry.
const EXPONENT: u32 = 65_537;

/// Prints the kit to stdout. The server need not be running, but must have been started once.
pub(super) fn run(arguments: SettingArguments) -> Result<(), StartError> {
    let (settings, _) = arguments.settings()?;
    let key = public_key(&settings.data)?;
    let text = kit(&settings, &key);
    std::io::stdout()
        .write_all(text.as_bytes())
        .map_err(StartError::Output)
}

struct Place {
    ip: IpAddr,
    port: u16,
    dc: i32,
}

fn kit(settings: &Settings, key: &PublicKey) -> String {
    let reachable = match settings.listen.ip() {
        ip if ip.is_unspecified() => IpAddr::V4(Ipv4Addr::LOCALHOST),
        ip => ip,
    };
    let place = Place {
        ip: settings.advertise_ip.unwrap_or(reachable),
        port: settings.advertise_port.unwrap_or(settings.listen.port()),
        dc: settings.dc,
    };
    let pem = settings.data.join(PUBLIC_KEY_FILE);
    let pem = std::path::absolute(&pem).unwrap_or(pem);
    let mut text = facts(&place, &pem, key);
    text.push_str(&telethon(&place, &pem));
    text.push_str(&kurigram(&place, key));
    text.push_str(&mtcute(&place, &pem));
    text.push_str(&desktop(&place));
    for secret in &settings.proxy_secrets {
        let Place { ip, port, .. } = &place;
        let secret = secret.hex();
        let _ = write!(
            text,
            "\n# As a proxy (TDLib, Telegram Desktop, mobile apps)\n\
             tg://proxy?server={ip}&port={port}&secret=dd{secret}\n",
        );
    }
    text
}

fn facts(place: &Place, pem: &Path, key: &PublicKey) -> String {
    let Place { ip, port, dc } = place;
    let fingerprint = key.fingerprint();
    format!(
        "address                 {ip}:{port}\n\
         dc                      {dc} (1 to 5 all lead here)\n\
         public key file         {}\n\
         fingerprint             {fingerprint:016x}\n\
         fingerprint as a number {fingerprint}\n\
         modulus n               {}\n\
         exponent e              {}\n\n\
         # Public key (PKCS#1; it fits in place of the keys that clients carry)\n{}",
        pem.display(),
        decimal(&key.modulus_bytes()),
        EXPONENT,
        key.to_pem(),
    )
}

fn telethon(place: &Place, pem: &Path) -> String {
    let Place { ip, port, dc } = place;
    format!(
        "\n# Telethon (Python)\n\
         from telethon import TelegramClient\n\
         from telethon.crypto import rsa\n\n\
         rsa.add_key(open({pem:?}).read(), old=False)\n\
         client = TelegramClient(\"me\", api_id=1, api_hash=\"0\" * 32)\n\
         client.session.set_dc({dc}, \"{ip}\", {port})\n",
        pem = pem.display().to_string(),
    )
}

fn kurigram(place: &Place, key: &PublicKey) -> String {
    let Place { ip, port, .. } = place;
    format!(
        "\n# Kurigram (Python)\n\
         from pyrogram import Client\n\
         from pyrogram.connection import Connection\n\
         from pyrogram.crypto import rsa\n\n\
         rsa.server_public_keys[{fingerprint}] = rsa.PublicKey(\n    m={n},\n    e={e},\n)\n\n\
         class Here(Connection):\n    \
             def __init__(self, *args, **kwargs):\n        \
                 super().__init__(*args, **kwargs)\n        \
                 self.server_address, self.port = \"{ip}\", {port}\n        \
                 self.ipv6 = \":\" in self.server_address\n\n\
         client = Client(\"me\", api_id=1, api_hash=\"0\" * 32, connection_factory=Here)\n",
        fingerprint = key.fingerprint(),
        n = decimal(&key.modulus_bytes()),
        e = EXPONENT,
    )
}

fn mtcute(place: &Place, pem: &Path) -> String {
    let Place { ip, port, dc } = place;
    format!(
        "\n# mtcute (Node)\n\
         import {{ readFileSync }} from 'node:fs'\n\
         import {{ TelegramClient }} from '@mtcute/node'\n\
         import {{ NodeCryptoProvider, addPublicKey }} from '@mtcute/node/utils.js'\n\n\
         addPublicKey(new NodeCryptoProvider(), readFileSync({pem:?}, 'utf8'))\n\
         const dc = {{ id: {dc}, ipAddress: '{ip}', port: {port} }}\n\
         const client = new TelegramClient({{\n  \
             apiId: 1,\n  apiHash: '0'.repeat(32),\n  \
             defaultDcs: {{ main: dc, media: {{ ...dc, mediaOnly: true }} }},\n\
         }})\n",
        pem = pem.display().to_string(),
    )
}

fn desktop(place: &Place) -> String {
    let Place { ip, port, .. } = place;
    let lines: String = DCS
        .map(|dc| format!("{dc} {ip} {port} tcpo_only\n"))
        .collect();
    format!(
        "\n# Telegram Desktop: type `endpoints` in the settings and choose a file that ends in\n\
         # .tdesktop-endpoints with these lines (its built-in public key must be replaced too)\n\
         {lines}"
    )
}

/// A big-endian number in decimal digits.
fn decimal(bytes: &[u8]) -> String {
    const CHUNK: u64 = 1_000_000_000;
    let mut number = bytes.to_vec();
    let mut chunks = Vec::new();
    while number.iter().any(|byte| *byte != 0) {
        let mut rest = 0;
        for byte in &mut number {
            let part = (rest << 8) | u64::from(*byte);
            // Below 256, because `rest` is below CHUNK.
            *byte = (part / CHUNK) as u8;
            rest = part % CHUNK;
        }
        chunks.push(rest);
    }
    let mut digits = chunks.pop().unwrap_or(0).to_string();
    for chunk in chunks.iter().rev() {
        let _ = write!(digits, "{chunk:09}");
    }
    digits
}

#[cfg(test)]
mod tests {
    use mtproto::crypto::Random;
    use mtproto::crypto::rsa::PrivateKey;

    use super::*;

    fn key() -> PublicKey {
        PrivateKey::generate(&mut Random::new([7; 32]))
            .public()
            .clone()
    }

    #[test]
    fn big_numbers_are_written_in_decimal() {
        assert_eq!(decimal(&[]), "0");
        assert_eq!(decimal(&[0, 0, 1, 0]), "256");
        assert_eq!(decimal(&u128::MAX.to_be_bytes()), u128::MAX.to_string());
        let with_zeros = 5_000_000_000_000_000_007_u64;
        assert_eq!(decimal(&with_zeros.to_be_bytes()), with_zeros.to_string());
    }

    #[test]
    fn the_kit_names_the_advertised_address_and_both_forms_of_the_fingerprint() {
        let settings = Settings {
            advertise_ip: Some("192.0.2.7".parse().unwrap()),
            advertise_port: Some(443),
            ..Settings::default()
        };
        let key = key();
        let text = kit(&settings, &key);
        for part in [
            "192.0.2.7:443".to_owned(),
            format!("{:016x}", key.fingerprint()),
            format!("rsa.server_public_keys[{}]", key.fingerprint()),
            format!("m={},", decimal(&key.modulus_bytes())),
            "4 192.0.2.7 443 tcpo_only".to_owned(),
            "set_dc(2, \"192.0.2.7\", 443)".to_owned(),
            key.to_pem(),
        ] {
            assert!(text.contains(&part), "{part} is missing in {text}");
        }
        assert!(!text.contains("tg://proxy"));
    }

    #[test]
    fn a_server_on_every_address_is_reached_on_the_loopback_one() {
        let settings = Settings {
            listen: "0.0.0.0:10443".parse().unwrap(),
            ..Settings::default()
        };
        assert!(kit(&settings, &key()).contains("127.0.0.1:10443"));
    }
}
