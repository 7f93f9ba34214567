//! One job among others of a shell with job control.

use crate::support::{Scratch, TELESPAN};
use crate::terminal::Terminal;

/// An interactive shell that knows `traced COMMAND...`. What is typed is not shown.
fn shell(scratch: &Scratch) -> Terminal {
    let mut shell = Terminal::start("bash", &["--norc", "--noprofile", "--noediting", "-i"]);
    let define = format!("alias traced='{TELESPAN} --trace --trace-exporter {}'", scratch.exporter());
    shell.keys(&format!("stty -echo; PS1=; {define}; echo shell-$((1+1))\n"));
    shell.until("shell-2");
    shell
}

const ECHO: &str = "sh -c 'echo ready; while read line; do echo \"<$line>\"; done; exit 3'";

#[test]
fn a_job_stops_and_goes_on_in_the_foreground() {
    let scratch = Scratch::new();
    let mut shell = shell(&scratch);
    shell.keys(&format!("traced {ECHO}\n"));
    shell.until("ready");
    for round in ["first", "second"] {
        shell.keys("\x1a");
        shell.until("Stopped");
        shell.keys("echo code-$?-; jobs\n");
        shell.until("code-147-");
        shell.until("Stopped");
        shell.keys("fg\n");
        shell.keys(&format!("{round}\n"));
        shell.until(&format!("<{round}>"));
    }
    shell.keys("\x04");
    shell.until("telespan: trace ");
    shell.keys("echo code-$?-\n");
    shell.until("code-3-");
    shell.keys("exit\n");
    assert!(shell.end().1.success());
    assert_eq!(scratch.span().status.clone().unwrap().message, "exit code 3");
}

#[test]
fn a_stopped_job_goes_on_in_the_background() {
    let scratch = Scratch::new();
    let mut shell = shell(&scratch);
    let fifo = scratch.file("fifo").display().to_string();
    shell
        .keys(&format!("mkfifo {fifo}; traced sh -c 'echo ready; read line < {fifo}; echo $line; exit 6'\n"));
    shell.until("ready");
    shell.keys("\x1a");
    shell.until("Stopped");
    shell.keys(&format!("bg; echo over > {fifo}; wait %1; echo code-$?-\n"));
    shell.until("over");
    shell.until("code-6-");
    shell.keys("exit\n");
    assert!(shell.end().1.success());
}

#[test]
fn a_background_job_that_reads_stops_until_it_is_brought_to_the_front() {
    let scratch = Scratch::new();
    let mut shell = shell(&scratch);
    shell.keys(&format!("traced {ECHO} & wait %1; echo code-$?-\n"));
    shell.until("ready");
    shell.until("code-149-");
    shell.keys("fg\n");
    shell.keys("hello\n");
    shell.until("<hello>");
    shell.keys("\x04");
    shell.until("telespan: trace ");
    shell.keys("exit\n");
    shell.end();
    assert_eq!(scratch.spans().len(), 1);
}

#[test]
fn an_interactive_shell_can_be_traced() {
    let scratch = Scratch::new();
    let mut shell = shell(&scratch);
    shell.keys("traced bash --norc --noprofile --noediting -i\n");
    shell.keys("PS1='inner> '\n");
    shell.until("inner> ");
    shell.keys("sh -c 'echo sleeping; exec sleep 1000'\n");
    shell.until("sleeping");
    // The terminal throws away what was typed before an interrupt: nothing must be.
    shell.keys("\x03");
    shell.until("inner> ");
    shell.keys("echo alive-$?-\n");
    shell.until("alive-130-");
    shell.until("inner> ");
    shell.keys("suspend\n");
    shell.until("Stopped");
    shell.keys("fg\n");
    shell.keys("echo again-$((5+5))\n");
    shell.until("again-10");
    shell.until("inner> ");
    shell.keys("exit 9\n");
    shell.until("telespan: trace ");
    shell.keys("echo code-$?-\n");
    shell.until("code-9-");
    shell.keys("exit\n");
    assert!(shell.end().1.success());
}
