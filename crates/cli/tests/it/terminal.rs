//! On a terminal of its own.

use std::fs::{self, File};
use std::io::{Read as _, Write as _};
use std::os::fd::OwnedFd;
use std::process::{Child, ExitStatus};
use std::sync::mpsc::{self, Receiver};
use std::thread;

use rustix::fs::{Mode, OFlags};
use rustix::pty::{OpenptFlags, grantpt, openpt, ptsname, unlockpt};
use rustix::termios::{Winsize, tcsetwinsize};

use crate::support::{PATIENCE, Scratch, TELESPAN, clean};

/// Starts a program as the controlling process of a new terminal with 24 rows and 80 columns. Returns the other
/// end of the terminal, which no other child inherits.
fn start(program: &str, arguments: &[&str]) -> (Child, File) {
    let master = openpt(OpenptFlags::RDWR | OpenptFlags::NOCTTY | OpenptFlags::CLOEXEC).unwrap();
    grantpt(&master).unwrap();
    unlockpt(&master).unwrap();
    tcsetwinsize(&master, Winsize { ws_row: 24, ws_col: 80, ws_xpixel: 0, ws_ypixel: 0 }).unwrap();
    let name = ptsname(&master, Vec::new()).unwrap();
    let slave =
        rustix::fs::open(&name, OFlags::RDWR | OFlags::NOCTTY | OFlags::CLOEXEC, Mode::empty()).unwrap();
    let stream = || OwnedFd::try_clone(&slave).unwrap();
    let mut command = clean("setsid");
    command.arg("--ctty").arg(program).args(arguments).env("PS1", "").env_remove("ENV");
    (command.stdin(stream()).stdout(stream()).stderr(stream()).spawn().unwrap(), master.into())
}

/// A program on a terminal of its own, its keyboard and its screen.
pub(crate) struct Terminal {
    child: Child,
    keyboard: File,
    screen: Receiver<Vec<u8>>,
    seen: String,
}

impl Terminal {
    pub(crate) fn start(program: &str, arguments: &[&str]) -> Terminal {
        let (child, keyboard) = start(program, arguments);
        let screen = watch(keyboard.try_clone().unwrap());
        Terminal { child, keyboard, screen, seen: String::new() }
    }

    pub(crate) fn trace(scratch: &Scratch, command: &[&str]) -> Terminal {
        let exporter = scratch.exporter();
        let options = ["--trace", "--trace-exporter", &exporter];
        Terminal::start(TELESPAN, &[&options[..], command].concat())
    }

    pub(crate) fn keys(&mut self, keys: &str) {
        self.keyboard.write_all(keys.as_bytes()).unwrap();
    }

    /// Waits until the screen shows `text` behind what was waited for before; returns what stood in between.
    pub(crate) fn until(&mut self, text: &str) -> String {
        loop {
            if let Some(at) = self.seen.find(text) {
                let rest = self.seen.split_off(at + text.len());
                let mut before = std::mem::replace(&mut self.seen, rest);
                before.truncate(at);
                return before;
            }
            let Ok(bytes) = self.screen.recv_timeout(PATIENCE) else {
                panic!("no {text:?} in {:?}", self.seen);
            };
            self.seen.push_str(&String::from_utf8_lossy(&bytes));
        }
    }

    /// Waits for the end; returns what was shown since, and how it ended.
    pub(crate) fn end(mut self) -> (String, ExitStatus) {
        while let Ok(bytes) = self.screen.recv_timeout(PATIENCE) {
            self.seen.push_str(&String::from_utf8_lossy(&bytes));
        }
        (self.seen, self.child.wait().unwrap())
    }
}

/// What the terminal shows, until nobody has it open any more.
fn watch(mut reader: File) -> Receiver<Vec<u8>> {
    let (shown, screen) = mpsc::channel();
    thread::spawn(move || {
        let mut buffer = [0; 4096];
        while let Ok(length @ 1..) = reader.read(&mut buffer) {
            if shown.send(buffer[..length].to_vec()).is_err() {
                return;
            }
        }
    });
    screen
}

#[test]
fn the_command_has_the_terminal_on_all_three_streams() {
    let scratch = Scratch::new();
    let script = "test -t 0 && test -t 1 && test -t 2 && echo all three; stty size; exit 3";
    let (shown, status) = Terminal::trace(&scratch, &["sh", "-c", script]).end();
    assert!(shown.starts_with("all three\r\n24 80\r\ntelespan: trace "), "{shown:?}");
    assert_eq!(status.code(), Some(3));
}

#[test]
fn the_command_reads_what_is_typed() {
    let scratch = Scratch::new();
    let mut terminal = Terminal::trace(&scratch, &["sh", "-c", "echo ready; read line; echo \"<$line>\""]);
    terminal.until("ready");
    terminal.keys("one two\n");
    terminal.until("<one two>");
    assert_eq!(terminal.end().1.code(), Some(0));
}

#[test]
fn the_modes_of_the_terminal_stay_as_they_were() {
    let scratch = Scratch::new();
    let script = format!(
        "stty -echo intr ^X; stty -a > before; '{TELESPAN}' --trace --trace-exporter file:traces stty -a > during; stty -a > after"
    );
    let script = format!("cd '{}' && {script}", scratch.path().display());
    assert_eq!(Terminal::start("sh", &["-c", &script]).end().1.code(), Some(0));
    let before = scratch.read("before");
    assert!(before.contains("-echo") && before.contains("intr = ^X"), "{before}");
    assert_eq!((&scratch.read("during"), &scratch.read("after")), (&before, &before));
}

#[test]
fn an_interrupt_from_the_keyboard_reaches_the_command_once() {
    let scratch = Scratch::new();
    let script = "trap 'echo got it' INT; echo ready; while read line; do echo \"<$line>\"; done; exit 4";
    let mut terminal = Terminal::trace(&scratch, &["bash", "-c", script]);
    terminal.until("ready");
    terminal.keys("\x03");
    terminal.until("got it");
    terminal.keys("one\n");
    assert_eq!(terminal.until("<one>").matches("got it").count(), 0);
    terminal.keys("\x04");
    let (shown, status) = terminal.end();
    assert_eq!(shown.matches("got it").count(), 0, "{shown}");
    assert_eq!(status.code(), Some(4));
}

#[test]
fn a_command_that_dies_of_an_interrupt_gives_130_and_its_span() {
    let scratch = Scratch::new();
    let mut terminal = Terminal::trace(&scratch, &["sh", "-c", "echo ready; exec cat"]);
    terminal.until("ready");
    terminal.keys("\x03");
    let (shown, status) = terminal.end();
    assert_eq!(status.code(), Some(130), "{shown}");
    assert_eq!(scratch.span().status.clone().unwrap().message, "ended by signal 2");
}

#[test]
fn a_terminal_that_hangs_up_ends_the_command() {
    let scratch = Scratch::new();
    let file = scratch.file("hung-up").display().to_string();
    let script = format!(
        "trap 'echo HUP >> {file}; exit 5' HUP; mkfifo {file}.fifo; echo ready; read line < {file}.fifo; exit 6"
    );
    let exporter = scratch.exporter();
    let options = ["--trace", "--trace-exporter", &exporter, "sh", "-c", &script];
    let (mut child, mut master) = start(TELESPAN, &options);
    let mut shown = [0; 5];
    master.read_exact(&mut shown).unwrap();
    assert_eq!(&shown, b"ready");
    drop(master);
    let (done, waited) = mpsc::channel();
    thread::spawn(move || done.send(child.wait().unwrap()));
    assert_eq!(waited.recv_timeout(PATIENCE).expect("the command goes on").code(), Some(5));
    assert_eq!(fs::read_to_string(file).unwrap(), "HUP\n");
    assert_eq!(scratch.spans().len(), 1);
}
