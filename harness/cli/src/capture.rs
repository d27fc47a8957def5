//! `assay capture`: the traffic of the product's components, as it passes this machine, into a file for the profile.

use std::fs::File;
use std::io::{BufWriter, Write as _};
use std::path::{Path, PathBuf};
use std::time::Duration;

use assay_model::profile::{Activity, CaptureAddress, CaptureFile, Profile};
use assay_wire::{Authority, Tap};
use clap::Args;
use serde::Serialize;

use crate::failure::Failure;
use crate::load;

/// The head of a file of captured Ethernet frames: pcap 2.4, times in microseconds, any length of frame.
const HEAD: [u8; 24] = [0xd4, 0xc3, 0xb2, 0xa1, 2, 0, 4, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 4, 0, 1, 0, 0, 0];

#[derive(Debug, Args)]
pub(crate) struct Capture {
    /// The profile, which names the addresses: other traffic is neither looked at nor kept
    profile: PathBuf,
    /// Write to this file; it must not be there yet
    #[arg(long, value_name = "FILE")]
    out: PathBuf,
    /// For so long; Ctrl-C ends it earlier
    #[arg(long, default_value_t = 3600, value_name = "SECONDS", value_parser = clap::value_parser!(u64).range(1..=2_678_400))]
    seconds: u64,
    /// End when the file has so many megabytes
    #[arg(long, default_value_t = 1000, value_name = "MEGABYTES", value_parser = clap::value_parser!(u64).range(1..=1_000_000))]
    most: u64,
    /// What the product does meanwhile: boot, set-up, use, idle, update, reset, sharing-on, sharing-off (may be given several times)
    #[arg(long, value_name = "ACTIVITY", value_parser = activity)]
    covers: Vec<Activity>,
}

fn activity(word: &str) -> Result<Activity, String> {
    serde_json::from_value(word.into()).map_err(|error| error.to_string())
}

impl Capture {
    pub(crate) async fn carry_out(self) -> Result<u8, Failure> {
        let profile = load::profile(&self.profile)?.profile;
        let authority = Authority::of_profile(&profile).await.map_err(Failure::usage)?;
        let mut tap = Tap::open(&authority).map_err(Failure::harness)?;
        let mut file = Pcap::create(&self.out)?;
        note!("listening for {} s at most; press Ctrl-C to end", self.seconds);
        let end = tokio::time::sleep(Duration::from_secs(self.seconds));
        let (mut end, mut interrupt) = (std::pin::pin!(end), std::pin::pin!(tokio::signal::ctrl_c()));
        while file.bytes < self.most * 1_000_000 {
            tokio::select! {
                frame = tap.next() => file.add(&frame.map_err(Failure::harness)?)?,
                () = &mut end => break,
                _ = &mut interrupt => break,
            }
        }
        file.out.flush().map_err(|error| file.failed(&error))?;
        note!("{} frames, {} bytes in {}", file.frames, file.bytes, self.out.display());
        if file.frames == 0 {
            return Err(Failure::usage(
                "nothing of the product passed this machine: capture where it must pass, at its router or a mirror port",
            ));
        }
        say!("{}", entry(&profile, &authority, &self.out, self.covers)?.trim_end());
        Ok(0)
    }
}

/// A file of frames.
struct Pcap<'p> {
    path: &'p Path,
    out: BufWriter<File>,
    frames: u64,
    bytes: u64,
}

impl<'p> Pcap<'p> {
    fn create(path: &'p Path) -> Result<Self, Failure> {
        let failed = |error: std::io::Error| Failure::usage(format!("{}: {error}", path.display()));
        let mut out = BufWriter::new(File::create_new(path).map_err(failed)?);
        out.write_all(&HEAD).map_err(failed)?;
        Ok(Self { path, out, frames: 0, bytes: 0 })
    }

    fn add(&mut self, frame: &[u8]) -> Result<(), Failure> {
        let now = assay_engine::unix_now_micros();
        let length = u32::try_from(frame.len()).unwrap_or(u32::MAX);
        let numbers = [now / 1_000_000, now % 1_000_000].map(|part| u32::try_from(part).unwrap_or_default());
        let head = [numbers[0], numbers[1], length, length].map(u32::to_le_bytes).concat();
        self.out.write_all(&head).and_then(|()| self.out.write_all(frame)).map_err(|error| self.failed(&error))?;
        self.frames += 1;
        self.bytes += 16 + u64::from(length);
        Ok(())
    }

    fn failed(&self, error: &std::io::Error) -> Failure {
        Failure::harness(format!("{}: {error}", self.path.display()))
    }
}

/// The entry for the profile.
fn entry(profile: &Profile, authority: &Authority, out: &Path, covers: Vec<Activity>) -> Result<String, Failure> {
    #[derive(Serialize)]
    struct Entry {
        capture: [CaptureFile; 1],
    }
    let own = |(component, sample): (&String, &String)| {
        let at = authority.address(component, sample).map_err(Failure::harness)?.to_string();
        Ok(CaptureAddress { component: component.clone(), at: vec![at] })
    };
    let components = profile.components.iter().map(|component| (&component.id, &component.sample));
    let id = out.file_stem().unwrap_or_default().to_string_lossy().into_owned();
    let addresses = components.map(own).collect::<Result<_, Failure>>()?;
    let capture = [CaptureFile { id, file: out.display().to_string(), covers, addresses }];
    toml::to_string(&Entry { capture }).map_err(Failure::harness)
}
