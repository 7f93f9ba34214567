//! Runs a command as if nobody stood between it and the shell.
//!
//! The command stays in the process group of this program, so what the terminal sends (interrupt, quit,
//! suspend, hang-up) reaches it without help. A signal that a process sends to this program alone is
//! passed on. When the command stops, this program stops too, so that a shell sees one job.

use std::io;
use std::os::unix::process::ExitStatusExt;
use std::process::{Child, Command, ExitStatus};

use rustix::process::{Pid, Signal, WaitOptions, getpid, kill_process, waitpid};
use signal_hook::consts::{
    SIGALRM, SIGCHLD, SIGCONT, SIGHUP, SIGINT, SIGQUIT, SIGTERM, SIGTSTP, SIGUSR1, SIGUSR2, SIGWINCH,
};
use signal_hook::iterator::SignalsInfo;
use signal_hook::iterator::exfiltrator::WithOrigin;
use signal_hook::low_level::siginfo::{Cause, Origin};

/// What is passed on when a process sends it to this program.
const PASSED_ON: [i32; 10] =
    [SIGHUP, SIGINT, SIGQUIT, SIGTERM, SIGUSR1, SIGUSR2, SIGALRM, SIGWINCH, SIGTSTP, SIGCONT];

/// How a command ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Outcome {
    /// It exited with this code.
    Exited(u8),
    /// It was ended by this signal.
    Signaled(i32),
}

impl Outcome {
    /// The exit code by which a shell would tell: 128 + n for a signal.
    pub(crate) fn code(self) -> u8 {
        match self {
            Outcome::Exited(code) => code,
            Outcome::Signaled(signal) => (128 + signal) as u8,
        }
    }
}

impl From<ExitStatus> for Outcome {
    fn from(status: ExitStatus) -> Self {
        match (status.code(), status.signal()) {
            (Some(code), _) => Outcome::Exited(code as u8),
            (None, signal) => Outcome::Signaled(signal.unwrap_or_default()),
        }
    }
}

/// The signals are caught from here on, so that none is lost between this and the start of the command.
pub(crate) struct Signals(SignalsInfo<WithOrigin>);

impl Signals {
    pub(crate) fn catch() -> io::Result<Signals> {
        // A signal that is ignored stays ignored, here and in the command: that is what `nohup` asks for.
        let ignored = ignored_signals();
        let signals = PASSED_ON.into_iter().filter(|signal| ignored & (1 << (signal - 1)) == 0);
        Ok(Signals(SignalsInfo::new(signals.chain([SIGCHLD]))?))
    }
}

/// The set of ignored signals, bit n - 1 for signal n. Where the system does not tell, none.
fn ignored_signals() -> u64 {
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let mask = status.lines().find_map(|line| line.strip_prefix("SigIgn:"));
    mask.and_then(|mask| u64::from_str_radix(mask.trim(), 16).ok()).unwrap_or(0)
}

/// A command that was started.
pub(crate) struct Running {
    child: Child,
    pid: Pid,
    signals: Signals,
}

impl Running {
    pub(crate) fn start(command: &mut Command, signals: Signals) -> io::Result<Running> {
        let child = command.spawn()?;
        let pid = Pid::from_child(&child);
        Ok(Running { child, pid, signals })
    }

    pub(crate) fn pid(&self) -> u32 {
        self.child.id()
    }

    /// Stands by until the command ends.
    pub(crate) fn wait(mut self) -> io::Result<Outcome> {
        let mut stopped = false;
        loop {
            for origin in self.signals.0.wait() {
                if origin.signal != SIGCHLD && origin.signal != SIGCONT && sent_by_process(&origin) {
                    pass_on(self.pid, origin.signal);
                }
            }
            // Whatever came: has the command changed its state since?
            let woken = stopped;
            match self.poll(&mut stopped)? {
                Some(outcome) => return Ok(outcome),
                None if stopped && woken => pass_on(self.pid, SIGCONT),
                None if stopped => stop_too(),
                None => {}
            }
        }
    }

    /// Reads the state of the command, without waiting.
    fn poll(&self, stopped: &mut bool) -> io::Result<Option<Outcome>> {
        let options = WaitOptions::NOHANG | WaitOptions::UNTRACED | WaitOptions::CONTINUED;
        while let Some((_, status)) = waitpid(Some(self.pid), options)? {
            if let Some(code) = status.exit_status() {
                return Ok(Some(Outcome::Exited(code as u8)));
            }
            if let Some(signal) = status.terminating_signal() {
                return Ok(Some(Outcome::Signaled(signal)));
            }
            *stopped = status.stopped();
        }
        Ok(None)
    }
}

fn pass_on(pid: Pid, signal: i32) {
    if let Some(signal) = Signal::from_named_raw(signal) {
        // The command may just have ended; then there is nobody to tell.
        let _ = kill_process(pid, signal);
    }
}

/// Stops this program until somebody continues it.
fn stop_too() {
    let _ = kill_process(getpid(), Signal::STOP);
}

fn sent_by_process(origin: &Origin) -> bool {
    matches!(origin.cause, Cause::Sent(_))
}
