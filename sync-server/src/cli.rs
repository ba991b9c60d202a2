//! What can be typed. Every command takes `--data DIR` and `--json`; docs/server.md says what each prints.

use std::net::SocketAddr;
use std::path::PathBuf;

use chrono::NaiveDate;
use clap::{Args, Parser, Subcommand};

/// Ruhu's sync server 入户同步服务器
#[derive(Debug, Parser)]
#[command(name = "ruhu-server", version)]
pub struct Cli {
    /// data folder of the server
    #[arg(long, global = true, default_value = "ruhu-data")]
    pub data: PathBuf,
    /// print JSON
    #[arg(long, global = true)]
    pub json: bool,
    /// what to do
    #[command(subcommand)]
    pub command: Command,
}

/// What to do.
#[derive(Debug, Subcommand)]
pub enum Command {
    /// set a server up in an empty data folder
    Init(InitArgs),
    /// people
    #[command(subcommand)]
    User(UserCommand),
    /// make a one-time ticket for a person's device
    Ticket(TicketArgs),
    /// devices
    #[command(subcommand)]
    Device(DeviceCommand),
    /// names of areas
    #[command(subcommand)]
    Area(AreaCommand),
    /// households
    #[command(subcommand)]
    Household(HouseholdCommand),
    /// policy packs
    #[command(subcommand)]
    Pack(PackCommand),
    /// read a register (xlsx) and found a file for every household in it
    Import(ImportArgs),
    /// write the register of an invented township
    DemoRegister(DemoArgs),
    /// serve until SIGTERM or SIGINT
    Serve(ServeArgs),
    /// write a consistent copy of everything, also while the server runs
    Backup {
        /// file to write; must not exist
        out: PathBuf,
    },
    /// make a data folder from a backup, as a new epoch
    Restore {
        /// file written by `backup`
        file: PathBuf,
        /// people log of the server that is replaced, or its data folder; without it the one in the new folder
        #[arg(long)]
        people: Option<PathBuf>,
    },
    /// changes that were refused and lie here with the reason
    #[command(subcommand)]
    Parked(ParkedCommand),
    /// check integrity, documents, log and projections
    Check,
    /// print a hash of each household's content
    Digest,
}

/// `init`
#[derive(Debug, Args)]
pub struct InitArgs {
    /// name of the server, shown on phones
    #[arg(long)]
    pub name: String,
    /// county code, 6 digits
    #[arg(long)]
    pub county: String,
    /// folder of the policy pack; without it the shipped one
    #[arg(long)]
    pub pack: Option<PathBuf>,
    /// further name or address under which devices reach the server; repeatable
    #[arg(long)]
    pub host: Vec<String>,
    /// address that tickets carry, e.g. <https://ruhu.example:8443>
    #[arg(long)]
    pub url: Option<String>,
    /// move the pack's dates so that today falls in the field phase
    #[arg(long)]
    pub field_phase_now: bool,
}

/// `user`
#[derive(Debug, Subcommand)]
pub enum UserCommand {
    /// add a person
    Add {
        /// name
        #[arg(long)]
        name: String,
        /// code of the title, e.g. grid_worker1
        #[arg(long)]
        title: String,
        /// area codes, separated by commas
        #[arg(long, value_delimiter = ',', required = true)]
        area: Vec<String>,
    },
    /// list people
    List,
    /// give a person other areas
    Move {
        /// the person
        #[arg(long)]
        user: String,
        /// area codes, separated by commas; replaces those before
        #[arg(long, value_delimiter = ',', required = true)]
        area: Vec<String>,
    },
}

/// `ticket`
#[derive(Debug, Args)]
pub struct TicketArgs {
    /// the person
    #[arg(long)]
    pub user: String,
    /// hours until it expires
    #[arg(long, default_value_t = 72)]
    pub hours: u32,
    /// address of the server; without it the one of the settings, else where it last listened
    #[arg(long)]
    pub url: Option<String>,
    /// write the QR code as SVG, for print
    #[arg(long)]
    pub svg: Option<PathBuf>,
    /// write the QR code as PNG, to send it
    #[arg(long)]
    pub png: Option<PathBuf>,
    /// show the QR code here, to be scanned from the screen
    #[arg(long)]
    pub qr: bool,
}

/// `device`
#[derive(Debug, Subcommand)]
pub enum DeviceCommand {
    /// list devices
    List,
    /// shut a device out
    Revoke {
        /// the device
        device: String,
    },
}

/// `area`
#[derive(Debug, Subcommand)]
pub enum AreaCommand {
    /// name an area
    Add {
        /// code
        code: String,
        /// name
        name: String,
    },
    /// list areas
    List,
}

/// `household`
#[derive(Debug, Subcommand)]
pub enum HouseholdCommand {
    /// put a household into another grid
    Move {
        /// household id
        id: String,
        /// grid code
        grid: String,
    },
}

/// `parked`
#[derive(Debug, Subcommand)]
pub enum ParkedCommand {
    /// list them, the oldest first
    List(ParkedListArgs),
    /// take them in after all: the operator answers for area and author; titles and form are still judged
    Release {
        /// household id
        #[arg(long)]
        household: String,
        /// only this change (hash); repeatable
        #[arg(long)]
        change: Vec<String>,
    },
    /// throw them away; devices keep their own copies
    Drop {
        /// which
        #[command(flatten)]
        which: ParkedWhich,
        /// parked at least so many days ago
        #[arg(long, default_value_t = 0)]
        before: u32,
    },
}

/// `parked list`
#[derive(Debug, Args)]
pub struct ParkedListArgs {
    /// which
    #[command(flatten)]
    pub which: ParkedWhich,
    /// go on after this position, as the page before said (`more`)
    #[arg(long)]
    pub after: Option<String>,
    /// at most so many
    #[arg(long, default_value_t = 100)]
    pub limit: usize,
}

/// Which parked changes.
#[derive(Debug, Args)]
pub struct ParkedWhich {
    /// of this device
    #[arg(long)]
    pub device: Option<String>,
    /// of this household
    #[arg(long)]
    pub household: Option<String>,
    /// for this reason: scope permit not_yours malformed author duplicate dependency full
    #[arg(long)]
    pub why: Option<String>,
}

impl ParkedWhich {
    /// As the store asks it.
    pub fn wish(&self) -> sync_server::Result<sync_server::store::rows::ParkedWish> {
        sync_server::ops::parked::wish(self.device.as_deref(), self.household.as_deref(), self.why.as_deref())
    }
}

/// `pack`
#[derive(Debug, Subcommand)]
pub enum PackCommand {
    /// packs kept here, the one in force marked
    List,
    /// who proposed, published and withdrew what
    History,
    /// put a pack in force without a second person (recorded as such); devices take it at their next round
    Publish {
        /// folder of the pack
        dir: PathBuf,
        /// move its dates so that today falls in the field phase
        #[arg(long)]
        field_phase_now: bool,
    },
}

/// `import`
#[derive(Debug, Args)]
pub struct ImportArgs {
    /// the register
    pub register: PathBuf,
    /// only say what would be done and what is wrong
    #[arg(long)]
    pub preview: bool,
    /// JSON object: heading → column code
    #[arg(long)]
    pub map: Option<PathBuf>,
}

/// `demo-register`
#[derive(Debug, Args)]
pub struct DemoArgs {
    /// file to write
    pub out: PathBuf,
    /// another seed, another township
    #[arg(long, default_value_t = 1)]
    pub seed: u64,
    /// about how many households
    #[arg(long, default_value_t = 3000)]
    pub households: u32,
    /// day on which ages and school years hold
    #[arg(long, default_value = "2026-09-01")]
    pub on: NaiveDate,
}

/// `serve`
#[derive(Debug, Args)]
pub struct ServeArgs {
    /// where to listen; port 0 takes a free one
    #[arg(long, default_value = "127.0.0.1:8443")]
    pub listen: SocketAddr,
    /// plain HTTP, behind a proxy that does TLS
    #[arg(long)]
    pub no_tls: bool,
    /// address of a proxy whose last `X-Forwarded-For` entry is believed; repeatable
    #[arg(long)]
    pub trusted_proxy: Vec<std::net::IpAddr>,
    /// write the address line to this file as well
    #[arg(long)]
    pub port_file: Option<PathBuf>,
    /// bearer token that opens /metrics from elsewhere
    #[arg(long, env = "RUHU_METRICS_TOKEN", hide_env_values = true)]
    pub metrics_token: Option<String>,
}
