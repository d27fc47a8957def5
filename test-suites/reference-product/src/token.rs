//! The backend's tokens: JSON Web Tokens signed with ES256 (RFC 7515, 7519).

use std::{
    collections::HashMap,
    sync::{Mutex, PoisonError},
};

use aws_lc_rs::{
    rand::SystemRandom,
    signature::{ECDSA_P256_SHA256_FIXED, ECDSA_P256_SHA256_FIXED_SIGNING, EcdsaKeyPair, KeyPair as _, UnparsedPublicKey},
};
use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
use serde::{Deserialize, Serialize};
use serde_json::json;

use crate::{
    Fault, clock,
    state::{self, hex},
    world::Faults,
};

const AUDIENCE: &str = "dishwasher-backend";
/// How long a token holds, in seconds.
const LIFETIME: i64 = 3600;

/// What a token says.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(crate) struct Claims {
    /// The account.
    pub(crate) sub: String,
    /// Its role.
    pub(crate) role: String,
    aud: String,
    iat: i64,
    exp: i64,
    jti: String,
}

/// Makes, checks and revokes tokens.
pub(crate) struct Tokens {
    key: EcdsaKeyPair,
    faults: Faults,
    /// Revoked tokens, with their ends.
    revoked: Mutex<HashMap<String, i64>>,
}

impl Tokens {
    /// Tokens under a new key.
    pub(crate) fn new(faults: Faults) -> anyhow::Result<Self> {
        let key = EcdsaKeyPair::generate(&ECDSA_P256_SHA256_FIXED_SIGNING)?;
        Ok(Self { key, faults, revoked: Mutex::default() })
    }

    /// A token for an account, from this moment (seconds since 1970) on.
    pub(crate) fn issue(&self, sub: &str, role: &str, now: i64) -> anyhow::Result<String> {
        let claims = Claims {
            sub: sub.to_owned(),
            role: role.to_owned(),
            aud: AUDIENCE.to_owned(),
            iat: now,
            exp: now + LIFETIME,
            jti: hex(&state::random()?[..16]),
        };
        let header = URL_SAFE_NO_PAD.encode(json!({ "alg": "ES256", "typ": "JWT" }).to_string());
        let signed = format!("{header}.{}", URL_SAFE_NO_PAD.encode(serde_json::to_vec(&claims)?));
        let signature = self.key.sign(&SystemRandom::new(), signed.as_bytes())?;
        Ok(format!("{signed}.{}", URL_SAFE_NO_PAD.encode(signature)))
    }

    /// What a valid token says; none for any other.
    pub(crate) fn check(&self, token: &str) -> Option<Claims> {
        let (signed, signature) = token.rsplit_once('.')?;
        let (header, claims) = signed.split_once('.')?;
        let header: serde_json::Value = serde_json::from_slice(&URL_SAFE_NO_PAD.decode(header).ok()?).ok()?;
        match header.get("alg")?.as_str()? {
            "ES256" if self.faults.has(Fault::TokenAnySignature) => {}
            "ES256" => {
                let signature = URL_SAFE_NO_PAD.decode(signature).ok()?;
                let key = UnparsedPublicKey::new(&ECDSA_P256_SHA256_FIXED, self.key.public_key().as_ref());
                key.verify(signed.as_bytes(), &signature).ok()?;
            }
            none if none.eq_ignore_ascii_case("none") && self.faults.has(Fault::TokenAlgNone) => {}
            _ => return None,
        }
        let claims: Claims = serde_json::from_slice(&URL_SAFE_NO_PAD.decode(claims).ok()?).ok()?;
        let expired = claims.exp <= clock::unix() && !self.faults.has(Fault::TokenIgnoresExpiry);
        let revoked = self.revoked.lock().unwrap_or_else(PoisonError::into_inner).contains_key(&claims.jti);
        (claims.aud == AUDIENCE && !expired && !revoked).then_some(claims)
    }

    /// Makes a token invalid before its end.
    pub(crate) fn revoke(&self, claims: &Claims) {
        let mut revoked = self.revoked.lock().unwrap_or_else(PoisonError::into_inner);
        let now = clock::unix();
        revoked.retain(|_, end| *end > now);
        revoked.insert(claims.jti.clone(), claims.exp.max(now.saturating_add(1)));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn expired_tokens_hold_only_with_the_fault() {
        let mut tokens = Tokens::new(Faults::default()).unwrap();
        let old = tokens.issue("admin", "admin", clock::unix() - LIFETIME - 1).unwrap();
        assert!(tokens.check(&tokens.issue("admin", "admin", clock::unix()).unwrap()).is_some());
        assert!(tokens.check(&old).is_none());
        tokens.faults = Faults::new([Fault::TokenIgnoresExpiry].into());
        assert!(tokens.check(&old).is_some());
    }
}
