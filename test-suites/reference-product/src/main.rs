//! Runs the simulated dishwasher until Ctrl-C or SIGTERM.

use std::path::PathBuf;
use std::process::ExitCode;

use anyhow::Context as _;
use clap::Parser;
use reference_product::{Addresses, Fault, Misfit, Part, Settings};
use tokio::signal::unix::{SignalKind, signal};

/// A simulated connected dishwasher, good unless told otherwise.
#[derive(Parser)]
struct Arguments {
    /// The folder for its keys, secrets, packages and profile.
    #[arg(long, value_name = "DIR", default_value = "reference-product.state")]
    state: PathBuf,
    /// Something that is wrong with it; may be given again.
    #[arg(long = "fault", value_name = "NAME")]
    faults: Vec<Fault>,
    /// The first three bytes of its addresses, in 127.0.0.0/8 or where the machine has addresses .1, .2, .3, .4.
    #[arg(long, value_name = "A.B.C", default_value = "127.77.0", value_parser = block)]
    address_block: Addresses,
    /// The part to run in this process; all parts share the state folder.
    #[arg(long, value_enum, default_value_t = Component::All)]
    component: Component,
    /// Be a product that cannot be talked to.
    #[arg(long, value_enum)]
    misfit: Option<Mischief>,
    /// Start nothing: end with 0 if the part takes connections at its web interface, else with 1.
    #[arg(long)]
    check: bool,
    /// Show all faults and end.
    #[arg(long)]
    list_faults: bool,
}

#[derive(Clone, Copy, clap::ValueEnum)]
enum Component {
    All,
    /// Both samples of the device
    Device,
    FirstSample,
    SecondSample,
    Hub,
    Backend,
}

#[derive(Clone, Copy, clap::ValueEnum)]
enum Mischief {
    Dead,
    Mute,
    Resetting,
    Babbling,
    Endless,
}

fn block(text: &str) -> Result<Addresses, String> {
    let bytes: Option<Vec<u8>> = text.split('.').map(|byte| byte.parse().ok()).collect();
    let bytes: Option<[u8; 3]> = bytes.and_then(|bytes| bytes.try_into().ok());
    bytes.map(Addresses::block).ok_or_else(|| "three bytes wanted, such as 127.77.0".to_owned())
}

impl Arguments {
    fn settings(self) -> Settings {
        let parts = match self.component {
            Component::All => Part::ALL.iter().copied().collect(),
            Component::Device => [Part::Device, Part::Sample].into(),
            Component::FirstSample => [Part::Device].into(),
            Component::SecondSample => [Part::Sample].into(),
            Component::Hub => [Part::Hub].into(),
            Component::Backend => [Part::Backend].into(),
        };
        let misfit = self.misfit.map(|misfit| match misfit {
            Mischief::Dead => Misfit::Dead,
            Mischief::Mute => Misfit::Mute,
            Mischief::Resetting => Misfit::Resetting,
            Mischief::Babbling => Misfit::Babbling,
            Mischief::Endless => Misfit::Endless,
        });
        Settings { faults: self.faults.into_iter().collect(), addresses: self.address_block, state: self.state, misfit, parts, turn: None }
    }
}

#[expect(clippy::print_stdout, reason = "a program by hand says what it does")]
#[tokio::main]
async fn main() -> anyhow::Result<ExitCode> {
    let arguments = Arguments::parse();
    if arguments.list_faults {
        for fault in Fault::ALL {
            println!("{fault:24} {}", fault.describe());
        }
        return Ok(ExitCode::SUCCESS);
    }
    let check = arguments.check;
    let settings = arguments.settings();
    if check {
        return Ok(if reference_product::is_up(&settings).await { ExitCode::SUCCESS } else { ExitCode::FAILURE });
    }
    let state = settings.state.display().to_string();
    let product = reference_product::start(settings).await?;
    println!("running; its profile is {state}/profile.toml; Ctrl-C ends it");
    let mut term = signal(SignalKind::terminate()).context("cannot wait for SIGTERM")?;
    tokio::select! {
        interrupted = tokio::signal::ctrl_c() => interrupted.context("cannot wait for Ctrl-C")?,
        _ = term.recv() => {}
    }
    product.stop().await;
    Ok(ExitCode::SUCCESS)
}
