//! Runs a command as if nobody stood between it and the shell.
//!
//! The command stays in the process group of this program, so what the terminal sends (interrupt, quit,
//! suspend) reaches it without help. A signal that a process sends to this program alone is passed on.
//! When the command stops, this program stops too, so that a shell sees one job.

use std::fs::File;
use std::io;
use std::os::unix::process::ExitStatusExt;
use std::process::{Child, Command, ExitStatus};

use rustix::io::retry_on_intr;
use rustix::process::{
    Pid, Signal, WaitId, WaitIdOptions, WaitIdStatus, getpgid, getpgrp, getpid, kill_process, waitid,
};
use rustix::termios::{tcgetpgrp, tcsetpgrp};

use crate::relay::Relay;
use crate::run;

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

/// A command that was started.
pub(crate) struct Running {
    child: Child,
    pid: Pid,
    relay: Relay,
}

impl Running {
    /// Starts the command; `relay` passes signals on to it from now on, those too that came before.
    pub(crate) fn start(command: &mut Command, relay: Relay) -> io::Result<Running> {
        let child = run::spawn(command)?;
        let pid = Pid::from_child(&child);
        relay.aim(pid);
        Ok(Running { child, pid, relay })
    }

    pub(crate) fn pid(&self) -> u32 {
        self.child.id()
    }

    /// Stands by until the command ends.
    pub(crate) fn wait(mut self) -> io::Result<Outcome> {
        // It waits for the command and not for SIGCHLD, which is blocked where a careless parent left it so.
        while let Some(status) = self.change(WaitIdOptions::EXITED | WaitIdOptions::NOWAIT)? {
            if !status.stopped() && !status.continued() {
                break;
            }
            // That was a look only, and may be old: a background job that reads the terminal is stopped together
            // with this program, and so continued. What holds now is taken here.
            if let Some(status) = self.change(WaitIdOptions::NOHANG)?
                && status.stopped()
                && self.is_for_the_shell(status)
            {
                self.stop_too()?;
            }
        }
        // Only then may the system give the command's id to somebody else, whom no signal must reach.
        self.relay.end();
        Ok(self.child.wait()?.into())
    }

    /// The latest stop or continuation of the command, or what else the options ask for.
    fn change(&self, options: WaitIdOptions) -> io::Result<Option<WaitIdStatus>> {
        let options = options | WaitIdOptions::STOPPED | WaitIdOptions::CONTINUED;
        Ok(retry_on_intr(|| waitid(WaitId::Pid(self.pid), options))?)
    }

    /// Whether a shell is to see that the command has stopped. Job control stops with signals of its own, but
    /// shells suspend themselves with SIGSTOP, and so do supervisors with others, which they also continue.
    fn is_for_the_shell(&self, status: WaitIdStatus) -> bool {
        if status.stopping_signal() != Some(Signal::STOP.as_raw()) {
            return true;
        }
        let foreground = File::open("/dev/tty").and_then(|terminal| Ok(tcgetpgrp(&terminal)?));
        let groups = [Ok(getpgrp()), getpgid(Some(self.pid))];
        foreground.is_ok_and(|foreground| groups.contains(&Ok(foreground)))
    }

    /// The terminal, if the command has it in the foreground in a process group of its own, as interactive
    /// shells do. When they continue, they find it given to the group of this program.
    fn terminal_of_command(&self) -> Option<(File, Pid)> {
        let group = getpgid(Some(self.pid)).ok().filter(|group| *group != getpgrp())?;
        let terminal = File::open("/dev/tty").ok()?;
        (tcgetpgrp(&terminal) == Ok(group)).then_some((terminal, group))
    }

    /// Stops this program until somebody continues it, and the command with it.
    fn stop_too(&self) -> io::Result<()> {
        let terminal = self.terminal_of_command();
        let _ = kill_process(getpid(), Signal::STOP);
        if let Some((terminal, group)) = terminal
            && tcgetpgrp(&terminal) == Ok(getpgrp())
        {
            let _ = tcsetpgrp(&terminal, group);
        }
        // A shell continues the whole group. Who continues this program alone means the command.
        if self.change(WaitIdOptions::EXITED | WaitIdOptions::NOWAIT | WaitIdOptions::NOHANG)?.is_none() {
            let _ = kill_process(self.pid, Signal::CONT);
        }
        Ok(())
    }
}
