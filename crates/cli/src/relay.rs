//! Passes signals on to the command.

use std::io;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc::{self, Receiver, Sender};
use std::thread::{self, JoinHandle};

use rustix::process::{Pid, Signal, getpid, getsid, kill_process};
use signal_hook::consts::{
    SIGALRM, SIGCHLD, SIGHUP, SIGINT, SIGQUIT, SIGTERM, SIGTSTP, SIGUSR1, SIGUSR2, SIGWINCH,
};
use signal_hook::flag;
use signal_hook::iterator::exfiltrator::WithOrigin;
use signal_hook::iterator::{Handle, SignalsInfo};
use signal_hook::low_level::siginfo::{Cause, Origin};

/// What is passed on when a process sends it to this program. SIGCONT is not among them: when this program
/// continues, it sees to it that the command does.
const PASSED_ON: [i32; 9] = [SIGHUP, SIGINT, SIGQUIT, SIGTERM, SIGUSR1, SIGUSR2, SIGALRM, SIGWINCH, SIGTSTP];

/// What ends this program when the command has ended and its span is being sent.
const DEADLY: [i32; 4] = [SIGHUP, SIGINT, SIGQUIT, SIGTERM];

/// Catches signals from its start, so that none is lost before the command is there. They are passed on by
/// a thread of its own.
pub(crate) struct Relay {
    signals: Handle,
    target: Sender<Pid>,
    thread: JoinHandle<()>,
    /// From when on deadly signals do what they do to any program.
    ended: Arc<AtomicBool>,
}

impl Relay {
    pub(crate) fn start() -> io::Result<Relay> {
        // A signal that is ignored stays ignored, here and in the command: that is what `nohup` asks for.
        let ignored = ignored_signals();
        let is_ignored = |signal: i32| ignored & (1 << (signal - 1)) != 0;
        let passed_on = PASSED_ON.into_iter().filter(|signal| !is_ignored(*signal));
        let ended = Arc::new(AtomicBool::new(false));
        for signal in DEADLY.into_iter().filter(|signal| !is_ignored(*signal)) {
            flag::register_conditional_default(signal, ended.clone())?;
        }
        // Where SIGCHLD is ignored nobody can learn how a child ended, so it is caught.
        let signals = SignalsInfo::new(passed_on.chain([SIGCHLD]))?;
        let handle = signals.handle();
        let (target, aimed) = mpsc::channel();
        let thread = thread::Builder::new().name("signals".to_owned()).spawn(|| relay(signals, aimed))?;
        Ok(Relay { signals: handle, target, thread, ended })
    }

    /// Passes on what came so far and what comes, to this process.
    pub(crate) fn aim(&self, target: Pid) {
        // The thread waits for it unless it has panicked.
        let _ = self.target.send(target);
    }

    /// Passes nothing on when this returns. From here on deadly signals end this program.
    pub(crate) fn end(self) {
        self.signals.close();
        let _ = self.thread.join();
        self.ended.store(true, Ordering::SeqCst);
    }
}

#[allow(clippy::needless_pass_by_value, reason = "the thread owns what it works with")]
fn relay(mut signals: SignalsInfo<WithOrigin>, aimed: Receiver<Pid>) {
    let Ok(target) = aimed.recv() else { return };
    for origin in signals.forever().filter(|origin| concerns(origin, target)) {
        if let Some(signal) = Signal::from_named_raw(origin.signal) {
            // The command may just have ended; then there is nobody to tell.
            let _ = kill_process(target, signal);
        }
    }
}

/// Whether the command did not get the signal from who sent it to this program.
fn concerns(origin: &Origin, target: Pid) -> bool {
    match origin.cause {
        _ if origin.signal == SIGCHLD => false,
        // What the command itself sends to its process group reached it already.
        Cause::Sent(_) => origin.process.is_none_or(|sender| sender.pid != target.as_raw_nonzero().get()),
        // The terminal sends to the group, except when it is hung up: then to the leader of the session.
        _ => origin.signal == SIGHUP && getsid(None) == Ok(getpid()),
    }
}

/// The set of ignored signals, bit n - 1 for signal n. Where the system does not tell, none.
fn ignored_signals() -> u64 {
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let mask = status.lines().find_map(|line| line.strip_prefix("SigIgn:"));
    mask.and_then(|mask| u64::from_str_radix(mask.trim(), 16).ok()).unwrap_or(0)
}
