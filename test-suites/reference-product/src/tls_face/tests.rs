use tokio::net::TcpListener;

use super::*;
use crate::state::{State, Subject};

fn good_face(faults: &[Fault]) -> Face {
    let folder = tempfile::tempdir().unwrap();
    let subject = Subject { name: "backend.dishwasher.test", address: None, days_left: 30 };
    let identity = State::open(folder.path()).unwrap().identity("backend", &subject).unwrap();
    Face::new(&Faults::new(faults.iter().copied().collect()), &identity).unwrap().unwrap()
}

fn hello(version: u16, suites: &[u16]) -> Hello {
    Hello { version, suites: suites.to_vec(), extensions: vec![0xff01, 23, 11], ..Hello::default() }
}

fn chosen(face: &Face, version: u16, suites: &[u16]) -> Option<(u16, u16)> {
    face.answer(&hello(version, suites)).map(|answer| (answer.version, answer.suite))
}

fn hello_bytes(version: u16, suites: &[u16]) -> Vec<u8> {
    let list: Vec<u8> = suites.iter().flat_map(|suite| suite.to_be_bytes()).collect();
    let mut body = version.to_be_bytes().to_vec();
    body.extend([7; 32]);
    body.push(0);
    body.extend(u16::try_from(list.len()).unwrap().to_be_bytes());
    body.extend(list);
    body.extend([1, 0, 0, 4, 0, 23, 0, 0]);
    let length = u8::try_from(body.len()).unwrap();
    records(22, 0x0301, &[&[1, 0, 0, length][..], &body].concat()).unwrap()
}

#[test]
fn each_fault_answers_only_what_it_is_about() {
    let face = good_face(&[Fault::Tls10]);
    assert_eq!(chosen(&face, 0x0301, &[0xc009]), Some((0x0301, 0xc009)));
    assert_eq!(chosen(&face, 0x0303, &[0xc009, 0xc02b]), None);
    let face = good_face(&[Fault::Tls11]);
    assert_eq!(chosen(&face, 0x0302, &[0xc009]), Some((0x0302, 0xc009)));
    assert_eq!(chosen(&face, 0x0301, &[0xc009]), None);
    let face = good_face(&[Fault::Tls3des]);
    assert_eq!(chosen(&face, 0x0303, &[0x002f, 0x000a]), Some((0x0303, 0x000a)));
    assert_eq!(chosen(&face, 0x0303, &[0x002f, 0xc02b]), None);
    let face = good_face(&[Fault::TlsDh1024]);
    assert_eq!(chosen(&face, 0x0303, &[0x009e]), Some((0x0303, 0x009e)));
    assert_eq!(chosen(&face, 0x0303, &[0x009e, 0xc02b]), None);
    let face = good_face(&[Fault::CertificateRsa1024]);
    assert_eq!(chosen(&face, 0x0303, &[0xc02b, 0xc02f]), Some((0x0303, 0xc02f)));
    assert_eq!(chosen(&face, 0x0303, &[0xc02b]), None);
}

#[test]
fn a_client_of_tls_1_3_is_handed_on() {
    let face = good_face(&[Fault::TlsNoEms, Fault::CertificateSha1]);
    let mut offered = hello(0x0303, &[0x1301, 0xc02b]);
    assert!(face.answer(&offered).is_some());
    offered.versions = vec![0x0304, 0x0303];
    assert!(face.answer(&offered).is_none());
}

#[test]
fn the_bindings_are_left_out_only_by_their_fault() {
    let offered = hello(0x0303, &[0xc02b]);
    let with = |faults: &[Fault]| {
        let face = good_face(faults);
        face.answer(&offered).unwrap().flight(&offered).unwrap()
    };
    let binding = [0, 23, 0, 0];
    assert!(with(&[Fault::CertificateSha1]).windows(4).any(|window| window == binding));
    let flight = with(&[Fault::TlsNoEms]);
    assert!(!flight[..100].windows(4).any(|window| window == binding));
}

#[test]
fn hellos_are_read_whole_or_not_at_all() {
    let bytes = hello_bytes(0x0303, &[0xc02b]);
    for end in 0..bytes.len() {
        assert_eq!(read_stream(&bytes[..end]), Seen::Part, "at {end}");
    }
    let Seen::Hello(seen) = read_stream(&bytes) else { panic!("no hello") };
    assert_eq!((seen.version, seen.suites, seen.extensions), (0x0303, vec![0xc02b], vec![23]));
    assert_eq!(read_stream(b"GET / HTTP/1.1\r\n"), Seen::Other);
    assert_eq!(read_stream(&[22, 3, 1, 0, 0]), Seen::Other);
}

#[tokio::test]
async fn the_flight_arrives_and_the_face_goes_no_further() {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let mut client = TcpStream::connect(listener.local_addr().unwrap()).await.unwrap();
    let (stream, _) = listener.accept().await.unwrap();
    let face = good_face(&[Fault::Tls10]);
    let met = tokio::spawn(async move { face.meet(stream).await.unwrap().is_none() });
    client.write_all(&hello_bytes(0x0301, &[0xc00a])).await.unwrap();
    let mut head = [0; 11];
    client.read_exact(&mut head).await.unwrap();
    assert_eq!((&head[..3], head[5], &head[9..]), (&[22, 3, 1][..], 2, &[3, 1][..]));
    client.write_all(&[20, 3, 1, 0, 1, 1]).await.unwrap();
    let mut rest = Vec::new();
    client.read_to_end(&mut rest).await.unwrap();
    assert!(rest.ends_with(&[21, 3, 1, 0, 2, 2, 40]));
    assert!(met.await.unwrap());
}
