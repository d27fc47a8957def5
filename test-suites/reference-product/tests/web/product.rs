//! Starting, stopping, parts and misfits.

use std::time::{Duration, Instant};

use reference_product::{Addresses, Misfit, Part, Settings};
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::{TcpListener, TcpStream, UdpSocket},
    time::timeout,
};

use crate::client::start;

#[tokio::test]
async fn starts_fast_and_leaves_no_port_behind() {
    let mut slowest = Duration::ZERO;
    let (addresses, state) = (Addresses::claim(), tempfile::tempdir().unwrap());
    for _ in 0..30 {
        let settings = Settings { addresses, state: state.path().to_owned(), ..Settings::default() };
        let before = Instant::now();
        let product = reference_product::start(settings).await.unwrap();
        slowest = slowest.max(before.elapsed());
        let _open = TcpStream::connect((addresses.backend, 9443)).await.unwrap();
        product.stop().await;
        for (address, port) in [(addresses.device, 8443), (addresses.hub, 8443), (addresses.backend, 6514)] {
            TcpListener::bind((address, port)).await.unwrap();
        }
        UdpSocket::bind((addresses.device, 5683)).await.unwrap();
    }
    assert!(slowest < Duration::from_secs(2), "slowest start took {slowest:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn many_run_beside_each_other() {
    let runs: Vec<_> = (0..4).map(|_| tokio::spawn(start(&[]))).collect();
    for run in runs {
        let run = run.await.unwrap();
        run.login("admin").await;
        assert!(run.product.profile().contains(&format!("address = \"{}\"", run.addresses.second_device)));
        assert!(!run.product.profile().contains("127.77.0.") && !run.product.profile().contains("state/secrets"));
        assert_eq!(run.file("profile.toml"), run.product.profile().as_bytes());
        run.product.stop().await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn hundreds_run_after_each_other() {
    let lanes: Vec<_> = (0..4)
        .map(|_| {
            tokio::spawn(async {
                for _ in 0..60 {
                    let run = start(&[]).await;
                    run.login("viewer").await;
                    run.product.stop().await;
                }
            })
        })
        .collect();
    for lane in lanes {
        lane.await.unwrap();
    }
    let open = std::fs::read_dir("/proc/self/fd").map_or(0, Iterator::count);
    assert!(open < 250, "{open} descriptors are still open");
}

#[tokio::test]
async fn parts_in_several_processes_share_the_state() {
    let (addresses, state) = (Addresses::claim(), tempfile::tempdir().unwrap());
    let part = |part| Settings { addresses, state: state.path().to_owned(), parts: [part].into(), ..Settings::default() };
    let backend = reference_product::start(part(Part::Backend)).await.unwrap();
    let authority = std::fs::read(state.path().join("ca.pem")).unwrap();
    assert!(TcpStream::connect((addresses.device, 8443)).await.is_err());
    let device = reference_product::start(part(Part::Device)).await.unwrap();
    assert_eq!(std::fs::read(state.path().join("ca.pem")).unwrap(), authority);
    backend.stop().await;
    assert!(TcpStream::connect((addresses.device, 8443)).await.is_ok());
    assert!(reference_product::start(part(Part::Device)).await.is_err(), "a taken port is an error at start");
    drop(device);
}

#[tokio::test]
async fn misfits() {
    for misfit in Misfit::ALL.iter().copied() {
        let (addresses, state) = (Addresses::claim(), tempfile::tempdir().unwrap());
        let settings = Settings { addresses, state: state.path().to_owned(), misfit: Some(misfit), ..Settings::default() };
        let product = reference_product::start(settings).await.unwrap();
        let stream = TcpStream::connect((addresses.hub, 8883)).await;
        let Ok(mut stream) = stream else {
            assert_eq!(misfit, Misfit::Dead);
            continue;
        };
        let _ = stream.write_all(b"hello").await;
        let mut bytes = vec![0; 100_000];
        let read = timeout(Duration::from_millis(500), stream.read_exact(&mut bytes)).await;
        match misfit {
            Misfit::Dead => unreachable!(),
            Misfit::Mute => assert!(read.is_err()),
            Misfit::Resetting => assert_eq!(read.unwrap().unwrap_err().kind(), std::io::ErrorKind::ConnectionReset),
            Misfit::Babbling => assert_eq!(read.unwrap().unwrap_err().kind(), std::io::ErrorKind::UnexpectedEof),
            Misfit::Endless => assert!(read.unwrap().is_ok()),
        }
        let socket = UdpSocket::bind("127.0.0.1:0").await.unwrap();
        socket.send_to(b"hello", (addresses.device, 5683)).await.unwrap();
        let answered = timeout(Duration::from_millis(300), socket.recv_from(&mut bytes)).await.is_ok_and(|read| read.is_ok());
        assert_eq!(answered, matches!(misfit, Misfit::Babbling | Misfit::Endless), "{misfit:?}");
        product.stop().await;
    }
}
