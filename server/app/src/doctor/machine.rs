//! Whether this machine is set up for hundreds of viewers: clock, kernel buffers, batched sending, open files.

use super::Finding::{self, Good, Poor};
use quinn_udp::{UdpSockRef, UdpSocketState};
use rustix::process::{Resource, getrlimit};
use std::{fs, net::UdpSocket, path::Path, process::Command};

/// What the media sockets ask the kernel for, in bytes.
const BUFFER: u64 = 4 * 1024 * 1024;
/// Connections of one briefing: each viewer holds a page's and may hold one for media.
const FILES: u64 = 4096;

pub fn examine() -> Vec<Finding> {
    let mut findings = vec![clock(is_synchronised())];
    findings.extend(buffers(
        setting("/proc/sys/net/core/rmem_max"),
        setting("/proc/sys/net/core/wmem_max"),
    ));
    findings.push(batches());
    findings.push(files(getrlimit(Resource::Nofile).maximum));
    findings
}

/// By systemd's own word, whichever program keeps the time; `None` when it cannot be asked.
fn is_synchronised() -> Option<bool> {
    if Path::new("/run/systemd/timesync/synchronized").exists() {
        return Some(true);
    }
    let asked = Command::new("timedatectl")
        .args(["show", "--property=NTPSynchronized", "--value"])
        .output()
        .ok()
        .filter(|output| output.status.success())?;
    match String::from_utf8_lossy(&asked.stdout).trim() {
        "yes" => Some(true),
        "no" => Some(false),
        _ => None,
    }
}

fn clock(synchronised: Option<bool>) -> Finding {
    match synchronised {
        Some(true) => Good("the clock is kept by a time server".into()),
        Some(false) => Poor(
            "the clock is not kept by a time server: deadlines, signatures and the record carry its error; run \
             `timedatectl set-ntp true`"
                .into(),
        ),
        None => Poor(
            "whether a time server keeps the clock cannot be seen from here (in a container the host's counts): make sure \
             of it, the record carries its error"
                .into(),
        ),
    }
}

fn setting(path: &str) -> Option<u64> {
    fs::read_to_string(path).ok()?.trim().parse().ok()
}

fn buffers(receive: Option<u64>, send: Option<u64>) -> Option<Finding> {
    let (receive, send) = (receive?, send?);
    Some(if receive >= BUFFER && send >= BUFFER {
        Good("the kernel gives media sockets the buffers they ask for".into())
    } else {
        Poor(format!(
            "the kernel gives media sockets {} KiB to receive and {} KiB to send, 4096 of each are asked for: bursts to \
             hundreds of viewers may lose packets; run `sysctl -w net.core.rmem_max={BUFFER} net.core.wmem_max={BUFFER}` \
             and keep it in /etc/sysctl.d",
            receive / 1024,
            send / 1024
        ))
    })
}

fn batches() -> Finding {
    let state = UdpSocket::bind("127.0.0.1:0").and_then(|socket| {
        let state = UdpSocketState::new(UdpSockRef::from(&socket))?;
        Ok((state.max_gso_segments(), state.gro_segments()))
    });
    match state {
        Ok((send, receive)) => judge_batches(send, receive),
        Err(error) => Poor(format!("UDP sockets cannot be opened: {error}")),
    }
}

fn judge_batches(send: usize, receive: usize) -> Finding {
    match (send > 1, receive > 1) {
        (true, true) => Good("the kernel sends and receives UDP in batches (GSO, GRO)".into()),
        (false, _) => Poor(
            "the kernel does not send UDP in batches (GSO): each viewer costs two to three times as much; Linux 4.18 or \
             later has it"
                .into(),
        ),
        (true, false) => Poor(
            "the kernel does not receive UDP in batches (GRO): publishers cost more; Linux 5.0 or later has it".into(),
        ),
    }
}

fn files(limit: Option<u64>) -> Finding {
    match limit {
        Some(limit) if limit < FILES => Poor(format!(
            "only {limit} files and connections may be open at once: a full briefing needs {FILES}; set LimitNOFILE=65536 \
             in the service unit, or `ulimit -n 65536` before the start"
        )),
        Some(limit) => Good(format!("{limit} files and connections may be open at once")),
        None => Good("any number of files and connections may be open at once".into()),
    }
}

#[cfg(test)]
mod tests {
    use super::{BUFFER, Finding, buffers, clock, examine, files, judge_batches};

    fn remedy(finding: &Finding) -> &str {
        match finding {
            Finding::Poor(said) => said,
            other => panic!("this is not well: {other:?}"),
        }
    }

    #[test]
    fn what_is_poor_comes_with_its_remedy() {
        assert!(remedy(&clock(Some(false))).contains("timedatectl"));
        assert!(remedy(&buffers(Some(212_992), Some(BUFFER)).unwrap()).contains("sysctl -w net.core.rmem_max"));
        assert!(remedy(&files(Some(1024))).contains("LimitNOFILE"));
        assert!(remedy(&judge_batches(1, 64)).contains("GSO"));
        assert!(remedy(&judge_batches(64, 1)).contains("GRO"));
    }

    #[test]
    fn what_is_well_is_said_so() {
        for good in [
            clock(Some(true)),
            buffers(Some(BUFFER), Some(BUFFER)).unwrap(),
            files(Some(65_536)),
            files(None),
            judge_batches(64, 64),
        ] {
            assert!(matches!(good, Finding::Good(_)), "{good:?}");
        }
        assert!(buffers(None, Some(BUFFER)).is_none(), "not every kernel tells");
    }

    #[test]
    fn this_machine_can_be_examined() {
        assert!(examine().len() >= 3);
    }
}
