//! Signals sent to telespan alone reach the command, once.

use std::fs;
use std::io::{BufRead as _, BufReader, Write as _};
use std::os::unix::process::CommandExt;
use std::process::{Child, ChildStdin, Command, Stdio};
use std::sync::mpsc::{self, Receiver};
use std::thread;

use rustix::process::{Pid, Signal, kill_process};

use telespan_testkit::{MockCollector, Reply};

use crate::support::{PATIENCE, Scratch, TELESPAN, clean, finish, run, trace_to};

/// Says which signals come, until its input ends, and exits with 7. For bash, where no signal ends `read`.
const LISTENER: &str = r#"
for signal in HUP INT QUIT TERM USR1 USR2 ALRM; do trap "echo $signal" $signal; done
echo ready
while read line; do $line; done
exit 7
"#;

/// A traced shell that can be talked to.
struct Talk {
    child: Child,
    stdin: ChildStdin,
    lines: Receiver<String>,
}

impl Talk {
    fn start(command: &mut Command) -> Talk {
        let piped = command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
        let mut child = piped.spawn().unwrap();
        let stdin = child.stdin.take().unwrap();
        let stdout = BufReader::new(child.stdout.take().unwrap());
        let (said, lines) = mpsc::channel();
        thread::spawn(move || stdout.lines().try_for_each(|line| said.send(line.unwrap())));
        let mut talk = Talk { child, stdin, lines };
        talk.expect("ready");
        talk
    }

    fn listen(scratch: &Scratch) -> Talk {
        Talk::start(scratch.trace().args(["bash", "-c", LISTENER]))
    }

    fn expect(&mut self, line: &str) {
        assert_eq!(self.lines.recv_timeout(PATIENCE).as_deref(), Ok(line));
    }

    fn say(&mut self, line: &str) {
        writeln!(self.stdin, "{line}").unwrap();
    }

    fn kill(&self, signal: Signal) {
        kill_process(Pid::from_child(&self.child), signal).unwrap();
    }

    /// Waits for the end with the input still open.
    fn expect_end(&mut self) {
        assert_eq!(self.lines.recv_timeout(PATIENCE), Err(mpsc::RecvTimeoutError::Disconnected));
    }

    /// Ends the input; returns the lines that were not expected, and the exit code.
    fn end(self) -> (Vec<String>, i32) {
        drop(self.stdin);
        let code = finish(self.child).code;
        (self.lines.iter().collect(), code)
    }
}

#[test]
fn a_signal_to_telespan_alone_reaches_the_command_once() {
    let scratch = Scratch::new();
    let mut talk = Talk::listen(&scratch);
    let signals = [
        (Signal::TERM, "TERM"),
        (Signal::INT, "INT"),
        (Signal::HUP, "HUP"),
        (Signal::QUIT, "QUIT"),
        (Signal::USR1, "USR1"),
        (Signal::USR2, "USR2"),
        (Signal::ALARM, "ALRM"),
        (Signal::TERM, "TERM"),
    ];
    for (signal, name) in signals {
        talk.kill(signal);
        // Were the one before delivered twice, its name would stand here.
        talk.expect(name);
    }
    assert_eq!(talk.end(), (Vec::new(), 7));
    assert_eq!(scratch.span().status.clone().unwrap().message, "exit code 7");
}

#[test]
fn a_command_that_dies_of_the_signal_is_told_so() {
    for (signal, code) in [(Signal::TERM, 143), (Signal::INT, 130), (Signal::HUP, 129), (Signal::USR1, 138)] {
        let scratch = Scratch::new();
        let mut talk = Talk::start(scratch.trace().args(["sh", "-c", "echo ready; exec cat"]));
        talk.kill(signal);
        talk.expect_end();
        assert_eq!(talk.end(), (Vec::new(), code));
        assert_eq!(scratch.spans().len(), 1, "the span is sent all the same");
    }
}

#[test]
fn what_the_command_sends_to_its_own_group_it_gets_once() {
    let scratch = Scratch::new();
    let mut command = scratch.trace();
    // The group is theirs alone, so that the test is not hit.
    command.process_group(0).args(["bash", "-c", LISTENER]);
    let mut talk = Talk::start(&mut command);
    talk.say("kill -TERM 0");
    talk.expect("TERM");
    talk.kill(Signal::USR1);
    talk.expect("USR1");
    assert_eq!(talk.end(), (Vec::new(), 7));
}

#[test]
fn a_signal_that_is_ignored_stays_ignored() {
    let scratch = Scratch::new();
    let script = r#"trap '' HUP INT; exec "$0" --trace --trace-exporter "$1" sh -c 'echo ready; read line; kill -HUP $$; kill -INT $$; echo survived; kill -TERM $$'"#;
    let mut talk = Talk::start(clean("sh").args(["-c", script, TELESPAN, &scratch.exporter()]));
    talk.kill(Signal::HUP);
    talk.kill(Signal::INT);
    talk.say("go on");
    talk.expect("survived");
    assert_eq!(talk.end(), (Vec::new(), 143));
}

#[test]
fn telespan_learns_of_the_end_whatever_its_parent_did_to_sigchld() {
    let scratch = Scratch::new();
    let ignored = r#"trap '' CHLD; exec "$0" --trace --trace-exporter "$1" sh -c 'exit 6'"#;
    assert_eq!(run(clean("sh").args(["-c", ignored, TELESPAN, &scratch.exporter()])).code, 6);
    let mut blocked = clean("env");
    blocked.args(["--block-signal=CHLD", TELESPAN, "--trace", "--trace-exporter", &scratch.exporter()]);
    assert_eq!(run(blocked.args(["sh", "-c", "exit 6"])).code, 6);
}

#[test]
fn a_supervisor_that_stops_and_continues_the_command_does_not_strand_telespan() {
    let scratch = Scratch::new();
    // Without a terminal: what a shell with one sees is for the tests of job control.
    let mut command = clean("setsid");
    command.args([TELESPAN, "--trace", "--trace-exporter", &scratch.exporter()]);
    command.args(["sh", "-c", "echo ready; echo $$; kill -STOP $$; read line; exit 7"]);
    let talk = Talk::start(&mut command);
    let shell: i32 = talk.lines.recv_timeout(PATIENCE).unwrap().parse().unwrap();
    let shell = Pid::from_raw(shell).unwrap();
    let stopped = || fs::read_to_string(format!("/proc/{shell}/stat")).unwrap().contains(") T ");
    while !stopped() {
        thread::yield_now();
    }
    kill_process(shell, Signal::CONT).unwrap();
    assert_eq!(talk.end(), (vec![], 7));
}

#[test]
fn a_signal_ends_the_sending_when_the_command_has_ended() {
    let collector = MockCollector::builder().script([Reply::hang()]).start();
    let url = format!("grpc://{}", collector.address());
    let mut command = trace_to(&url);
    let talk = Talk::start(command.args(["--trace-timeout", "10m", "sh", "-c", "echo ready; exit 7"]));
    collector.wait_for_requests(1, PATIENCE);
    talk.kill(Signal::TERM);
    assert_eq!(talk.end(), (vec![], -15));
}
