//! What a child can reach when it tries: the self-test that a host may ask for on the machine where it matters.

use crate::{Jail, JailSettings, Probe, Undone};

/// What a child reached. All `false`: the jail holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Reach {
    /// It read or created a file.
    pub files: bool,
    /// It made a socket.
    pub network: bool,
    /// It started a program or a thread, or could have sent a signal to its parent.
    pub processes: bool,
}

impl Reach {
    /// Whether nothing was reached.
    pub fn is_nothing(self) -> bool {
        self == Reach::default()
    }
}

/// Starts children as these settings say and has them try. Every attempt that succeeds is undone at once,
/// but for an empty file at [`Probe::FILE`].
///
/// # Errors
/// [`Undone::Unavailable`]: no child can be started or confined, so nothing was tried.
pub async fn reach(settings: &JailSettings) -> Result<Reach, Undone> {
    let settings = JailSettings {
        children: 1,
        self_test: true,
        ..settings.clone()
    };
    let failed = |error: std::io::Error| Undone::Unavailable(error.to_string());
    let jail = Jail::start(settings).map_err(failed)?;
    let reached = async {
        Ok(Reach {
            files: any(&jail, [Probe::ReadFile, Probe::CreateFile]).await?,
            network: any(&jail, [Probe::Tcp, Probe::Udp]).await?,
            processes: any(&jail, [Probe::Program, Probe::Thread, Probe::Parent]).await?,
        })
    };
    let reached = reached.await;
    jail.stop().await;
    reached
}

/// Whether one of the attempts succeeds; to be refused or killed is to fail.
async fn any<const N: usize>(jail: &Jail, probes: [Probe; N]) -> Result<bool, Undone> {
    let mut reached = false;
    for probe in probes {
        match jail.probe(0, probe).await {
            Ok(_) => reached = true,
            Err(Undone::Refused(_) | Undone::Lost(_)) => {}
            Err(undone) => return Err(undone),
        }
    }
    Ok(reached)
}
