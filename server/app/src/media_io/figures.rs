//! Quality of everybody's connections, for Prometheus.

use rostrum_domain::media::{Direction, PeerLink};

/// One second of them.
pub fn links(links: &[PeerLink]) {
    for PeerLink { direction, health, .. } in links {
        let direction = match direction {
            Direction::Up => "up",
            Direction::Down => "down",
        };
        if let Some(rtt) = health.rtt_ms {
            metrics::histogram!("rostrum_media_round_trip_seconds").record(f64::from(rtt) / 1000.0);
        }
        let jitter = f64::from(health.jitter_ms) / 1000.0;
        metrics::histogram!("rostrum_media_jitter_seconds", "direction" => direction).record(jitter);
        metrics::histogram!("rostrum_media_link_loss", "direction" => direction).record(f64::from(health.loss));
        metrics::counter!("rostrum_media_freezes_total", "direction" => direction).increment(u64::from(health.freezes));
    }
}
