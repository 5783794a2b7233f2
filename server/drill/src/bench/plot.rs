//! The cost of a forwarded packet against the number of subscribers, drawn from the numbers a bench run wrote down.

use super::fanout::{LADDER, LADDER_OF_TWO};
use anyhow::{Context, ensure};
use serde::Deserialize;
use std::{fmt::Write, path::Path};

const WIDTH: f64 = 720.0;
const HEIGHT: f64 = 400.0;
const LEFT: f64 = 64.0;
const RIGHT: f64 = 24.0;
const TOP: f64 = 56.0;
const BOTTOM: f64 = 56.0;

#[derive(Debug, Deserialize)]
struct Number {
    name: String,
    value: f64,
    conditions: String,
}

/// Reads `from`, writes an SVG to `to`.
pub fn draw(from: &Path, to: &Path) -> anyhow::Result<()> {
    let text = std::fs::read_to_string(from)
        .with_context(|| format!("read {}; `rostrum drill bench` writes it", from.display()))?;
    let numbers: Vec<Number> = serde_json::from_str(&text).with_context(|| format!("read {}", from.display()))?;
    if let Some(folder) = to.parent() {
        std::fs::create_dir_all(folder).with_context(|| format!("make {}", folder.display()))?;
    }
    std::fs::write(to, svg(&numbers)?).with_context(|| format!("write {}", to.display()))
}

fn svg(numbers: &[Number]) -> anyhow::Result<String> {
    let line = |ladder: &[(&str, usize)]| -> Vec<(usize, f64)> {
        let value = |name: &str| {
            numbers
                .iter()
                .find(|number| number.name == name)
                .map(|number| number.value)
        };
        ladder
            .iter()
            .filter_map(|(name, viewers)| Some((*viewers, value(name)?)))
            .collect()
    };
    let lines = [
        ("one shard", "#0b5fa5", line(&LADDER)),
        ("two shards", "#b3541e", line(&LADDER_OF_TWO)),
    ];
    let points: Vec<(usize, f64)> = lines.iter().flat_map(|(_, _, line)| line.iter().copied()).collect();
    ensure!(!points.is_empty(), "it holds no cost per forwarded packet");
    let most = points.iter().map(|(_, value)| *value).fold(1.0, f64::max).ceil();
    let widest = points.iter().map(|(viewers, _)| *viewers).max().unwrap_or(1).max(10) as f64;
    // From ten on, each factor of ten is as wide as the others.
    let x = |viewers: usize| {
        let share = ((viewers.max(10) as f64).log10() - 1.0) / (widest.log10() - 1.0).max(f64::EPSILON);
        LEFT + share * (WIDTH - LEFT - RIGHT)
    };
    let y = |value: f64| HEIGHT - BOTTOM - value / most * (HEIGHT - TOP - BOTTOM);
    let conditions = numbers
        .iter()
        .find(|number| number.name == LADDER[0].0)
        .map_or("", |number| number.conditions.split(';').next().unwrap_or_default());

    let mut svg = format!(
        "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 {WIDTH} {HEIGHT}\" font-family=\"sans-serif\" \
         font-size=\"12\" fill=\"#222\">\n<rect width=\"{WIDTH}\" height=\"{HEIGHT}\" fill=\"#fff\"/>\n\
         <text x=\"{LEFT}\" y=\"24\" font-size=\"15\">Processor time of the server per forwarded packet (µs)</text>\n\
         <text x=\"{LEFT}\" y=\"42\" fill=\"#555\">{}</text>\n",
        escaped(conditions)
    );
    for step in 0..=4 {
        let value = most * f64::from(step) / 4.0;
        let at = y(value);
        let _ = writeln!(
            svg,
            "<line x1=\"{LEFT}\" x2=\"{}\" y1=\"{at:.1}\" y2=\"{at:.1}\" stroke=\"#ddd\"/><text x=\"{}\" y=\"{:.1}\" \
             text-anchor=\"end\">{value:.1}</text>",
            WIDTH - RIGHT,
            LEFT - 8.0,
            at + 4.0
        );
    }
    for (_, viewers) in LADDER {
        let _ = writeln!(
            svg,
            "<text x=\"{:.1}\" y=\"{}\" text-anchor=\"middle\">{viewers}</text>",
            x(viewers),
            HEIGHT - BOTTOM + 20.0
        );
    }
    let _ = writeln!(
        svg,
        "<text x=\"{}\" y=\"{}\" text-anchor=\"middle\">subscribers</text>",
        (LEFT + WIDTH - RIGHT) / 2.0,
        HEIGHT - 14.0
    );
    for (name, colour, line) in lines.iter().filter(|(_, _, line)| !line.is_empty()) {
        let path: Vec<String> = line
            .iter()
            .map(|(viewers, value)| format!("{:.1},{:.1}", x(*viewers), y(*value)))
            .collect();
        let _ = writeln!(
            svg,
            "<polyline points=\"{}\" fill=\"none\" stroke=\"{colour}\" stroke-width=\"2\"/>",
            path.join(" ")
        );
        for (viewers, value) in line {
            let _ = writeln!(
                svg,
                "<circle cx=\"{:.1}\" cy=\"{:.1}\" r=\"3.5\" fill=\"{colour}\"><title>{name}, {viewers}: {value:.2} µs</title></circle>",
                x(*viewers),
                y(*value)
            );
        }
        if let Some((viewers, value)) = line.first() {
            let _ = writeln!(
                svg,
                "<text x=\"{:.1}\" y=\"{:.1}\" fill=\"{colour}\">{name}</text>",
                x(*viewers) + 8.0,
                y(*value) - 8.0
            );
        }
    }
    svg.push_str("</svg>\n");
    Ok(svg)
}

fn escaped(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_measured_room_is_a_point_and_nothing_is_no_picture() {
        let number = |name: &str, value| Number {
            name: name.to_owned(),
            value,
            conditions: "2 × A & B, release build; more".to_owned(),
        };
        let svg = svg(&[
            number(LADDER[0].0, 9.0),
            number(LADDER[5].0, 3.0),
            number("join_cpu_ms", 1.0),
        ])
        .unwrap();
        assert_eq!(svg.matches("<circle").count(), 2);
        assert!(svg.contains("2 × A &amp; B, release build<"));
        assert!(super::svg(&[number("join_cpu_ms", 1.0)]).is_err());
    }
}
