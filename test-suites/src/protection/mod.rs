//! Protection: are data safe in transit, with keys and algorithms of the right strength?

mod captured_hellos;
mod certificate_strength;
mod certificate_validity;
mod clear_traffic;
mod client_offers;
mod coap_transport;
mod cryptographic_functions;
mod dtls;
mod erasure;
mod http_transport;
mod impostor_peers;
mod judge;
mod key_exchange;
mod key_handling;
mod key_renewal;
mod mqtt_transport;
mod no_fallback;
mod radio_protection;
mod readable_secrets;
mod removed_data;
mod secrets;
mod shown_keys;
mod ssh_algorithms;
mod stored_data;
mod stored_objects;
mod tls;
mod tls_flaws;
mod tls_safeguards;
mod tls_suites;
mod tls_versions;
mod unique_keys;
mod weak_keys;
mod weak_peers;

use assay_engine::Test;

/// The tests of this family, in order.
pub const TESTS: &[Test] = &[
    tls_versions::TEST,
    tls_suites::TEST,
    key_exchange::TEST,
    certificate_strength::TEST,
    certificate_validity::TEST,
    tls_safeguards::TEST,
    tls_flaws::TEST,
    dtls::TEST,
    ssh_algorithms::TEST,
    unique_keys::TEST,
    weak_keys::TEST,
    http_transport::TEST,
    mqtt_transport::TEST,
    coap_transport::TEST,
    key_handling::TEST,
    cryptographic_functions::TEST,
    stored_data::TEST,
    erasure::TEST,
    radio_protection::TEST,
    readable_secrets::TEST,
    stored_objects::TEST,
    removed_data::TEST,
    key_renewal::TEST,
    clear_traffic::TEST,
    captured_hellos::TEST,
    impostor_peers::TEST,
    weak_peers::TEST,
    client_offers::TEST,
    no_fallback::TEST,
];
