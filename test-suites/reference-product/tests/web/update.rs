//! Update packages at the device.

use reference_product::Fault;

use crate::client::{Running, start};

async fn offer(run: &Running, package: &[u8], sid: &str) -> u16 {
    run.device("POST /api/update", sid, package).await.status
}

/// All packages that a good device refuses, with their names.
fn bad(run: &Running) -> Vec<(&'static str, Vec<u8>)> {
    let genuine = run.file("updates/genuine.pkg");
    let changed = |at: usize| {
        let mut package = genuine.clone();
        package[at] ^= 1;
        package
    };
    vec![
        ("other-key", run.file("updates/other-key.pkg")),
        ("other-model", run.file("updates/other-model.pkg")),
        ("altered", changed(512)),
        ("signature altered", changed(genuine.len() - 1)),
        ("header altered", changed(16)),
        ("stripped", genuine[..genuine.len() - 64].to_vec()),
        ("truncated", genuine[..600].to_vec()),
        ("nonsense", b"hello".to_vec()),
        ("endless header", [b"DWUPD001".as_slice(), &[255; 4]].concat()),
        ("empty", Vec::new()),
    ]
}

/// The bad packages that this product installs.
async fn installed(faults: &[Fault]) -> Vec<&'static str> {
    let run = start(faults).await;
    let admin = run.login("admin").await;
    let mut installed = Vec::new();
    for (name, package) in bad(&run) {
        if offer(&run, &package, &admin).await == 200 {
            installed.push(name);
        }
    }
    installed
}

#[tokio::test]
async fn good_device_installs_the_genuine_package_only() {
    let run = start(&[]).await;
    let (admin, viewer) = (run.login("admin").await, run.login("viewer").await);
    let genuine = run.file("updates/genuine.pkg");
    assert_eq!(offer(&run, &genuine, "").await, 401);
    assert_eq!(offer(&run, &genuine, &viewer).await, 403);
    for (name, package) in bad(&run) {
        assert_eq!(offer(&run, &package, &admin).await, 400, "{name}");
    }
    assert_eq!(run.device("GET /api/device", &admin, b"").await.json("/version"), "1.1.0");
    assert_eq!(run.device("POST /api/update", &admin, &genuine).await.json("/installed"), "1.2.0");
    assert_eq!(run.device("GET /api/device", &admin, b"").await.json("/version"), "1.2.0");
    assert_eq!(offer(&run, &run.file("updates/older.pkg"), &admin).await, 400);
    assert_eq!(offer(&run, &genuine, &admin).await, 200);
}

#[tokio::test]
async fn each_fault_lets_its_package_in_and_no_other() {
    assert_eq!(installed(&[]).await, [""; 0]);
    assert_eq!(installed(&[Fault::UpdateAnyKey]).await, ["other-key", "signature altered"]);
    assert_eq!(installed(&[Fault::UpdateAnyModel]).await, ["other-model"]);
    assert_eq!(installed(&[Fault::UpdateAltered]).await, ["altered"]);
    assert_eq!(installed(&[Fault::UpdateUnsigned]).await, ["other-key", "signature altered", "stripped"]);
}

#[tokio::test]
async fn faulty_rights_and_rollback() {
    let run = start(&[Fault::UpdateWithoutLogin]).await;
    let genuine = run.file("updates/genuine.pkg");
    assert_eq!(offer(&run, &genuine, &run.login("viewer").await).await, 403);
    assert_eq!(offer(&run, &genuine, "").await, 200);
    let run = start(&[Fault::UpdateForViewer, Fault::UpdateRollback]).await;
    let viewer = run.login("viewer").await;
    assert_eq!(offer(&run, &run.file("updates/genuine.pkg"), "").await, 401);
    assert_eq!(offer(&run, &run.file("updates/genuine.pkg"), &viewer).await, 200);
    assert_eq!(offer(&run, &run.file("updates/older.pkg"), &viewer).await, 200);
    assert_eq!(run.device("GET /api/device", &viewer, b"").await.json("/version"), "1.0.0");
}

#[tokio::test]
async fn packages_said_to_be_weak() {
    let (good, weak) = tokio::join!(start(&[]), start(&[Fault::PackageWeakSignature]));
    assert!(good.product.profile().contains("name = \"Ed25519\", public_key = \"updates/signer.pem\""));
    assert!(weak.product.profile().contains("name = \"RSA\", public_key = \"updates/signer.pem\""));
    assert!(weak.file("updates/signer.pem").len() > 2 * good.file("updates/signer.pem").len());
    assert_eq!(offer(&weak, &weak.file("updates/genuine.pkg"), &weak.login("admin").await).await, 200);
}
