//! Which benchmarks there are, and the table that they end in.

mod account;
mod calls;
mod ciphers;
mod clips;
mod cost;
mod crowd;
mod drawn;
mod idle;
mod line;
mod pictures;
mod seed;
mod server;
mod transfer;

use crate::Outcome;

/// What a benchmark returns.
type Rows = Result<Vec<Row>, Box<dyn std::error::Error>>;

/// A benchmark by its name.
type Benchmark = (&'static str, fn() -> Rows);

/// Every benchmark, in the order in which they run.
const BENCHMARKS: &[Benchmark] = &[
    ("ige", ciphers::ige),
    ("upload", transfer::upload),
    ("download", transfer::download),
    ("handshake", calls::handshake),
    ("call", calls::call),
    ("stills", pictures::stills),
    ("markup", drawn::markup),
    ("poster", clips::poster),
    ("queue", clips::queue),
    ("set", crowd::set_pictures),
    ("full", crowd::full_users),
    ("told", crowd::fan_out),
    ("idle", idle::idle),
    ("start", idle::start),
];

/// What a figure must not exceed.
#[derive(Clone, Copy, Debug)]
enum Bound {
    /// So many times the floor.
    Ratio(f64),
    /// A figure in the row's own unit.
    Most(f64),
    /// Printed to be seen.
    None,
}

/// One line of the table.
#[derive(Debug)]
struct Row {
    name: String,
    unit: &'static str,
    ours: f64,
    floor: Option<f64>,
    bound: Bound,
}

impl Row {
    /// A figure that is bound by a floor.
    fn over(name: &str, unit: &'static str, (ours, floor): (f64, f64), ratio_max: f64) -> Row {
        let (name, floor) = (name.to_owned(), Some(floor));
        Row {
            name,
            unit,
            ours,
            floor,
            bound: Bound::Ratio(ratio_max),
        }
    }

    /// A figure that stands for itself.
    fn alone(name: &str, unit: &'static str, ours: f64, bound: Bound) -> Row {
        Row {
            name: name.to_owned(),
            unit,
            ours,
            floor: None,
            bound,
        }
    }

    fn ratio(&self) -> Option<f64> {
        self.floor.map(|floor| self.ours / floor)
    }

    fn is_met(&self) -> bool {
        match (self.bound, self.ratio()) {
            (Bound::Ratio(most), Some(ratio)) => ratio <= most,
            (Bound::Most(most), _) => self.ours <= most,
            (Bound::Ratio(_) | Bound::None, _) => true,
        }
    }

    fn line(&self) -> String {
        let floor = self.floor.map_or(String::new(), figure);
        let ratio = self
            .ratio()
            .map_or(String::new(), |ratio| format!("{ratio:.2}"));
        let (bound, verdict) = match self.bound {
            Bound::Ratio(most) => (format!("<= {most:.2} x floor"), self.verdict()),
            Bound::Most(most) => (format!("<= {most:.0} {}", self.unit), self.verdict()),
            Bound::None => (String::new(), ""),
        };
        let Row {
            name, unit, ours, ..
        } = self;
        let ours = figure(*ours);
        format!("{name:<34} {ours:>9} {unit:<9} {floor:>9} {ratio:>7}  {bound:<16} {verdict}")
    }

    fn verdict(&self) -> &'static str {
        if self.is_met() { "met" } else { "MISSED" }
    }
}

/// Three digits or so: what follows is noise.
fn figure(number: f64) -> String {
    match number.abs() {
        size if size >= 100.0 => format!("{number:.0}"),
        size if size >= 10.0 => format!("{number:.1}"),
        _ => format!("{number:.3}"),
    }
}

/// Runs these benchmarks and prints the table.
pub(super) fn run(words: &[&str]) -> Outcome {
    if let ["still", file] = words {
        return pictures::one(file.as_ref());
    }
    if let [what @ ("poster" | "clip"), file] = words {
        return clips::one(file.as_ref(), *what == "clip");
    }
    if let ["cost", program, arguments @ ..] = words {
        return cost::print_of(program, arguments);
    }
    let check = words.contains(&"--check");
    let names: Vec<&str> = words
        .iter()
        .copied()
        .filter(|word| *word != "--check")
        .collect();
    let known: Vec<&str> = BENCHMARKS.iter().map(|(name, _)| *name).collect();
    if let Some(unknown) = names.iter().find(|name| !known.contains(name)) {
        return Err(format!("no benchmark {unknown}; there are {}", known.join(", ")).into());
    }
    let mut rows = Vec::new();
    for (name, benchmark) in BENCHMARKS {
        if names.is_empty() || names.contains(name) {
            eprintln!("--- bench {name}");
            rows.extend(benchmark().map_err(|error| format!("bench {name}: {error}"))?);
        }
    }
    let (what, floor, ratio) = ("benchmark", "floor", "ratio");
    println!(
        "{what:<34} {:>9} {:<9} {floor:>9} {ratio:>7}  bound",
        "ours", "unit"
    );
    for row in &rows {
        println!("{}", row.line());
    }
    let missed = rows.iter().filter(|row| !row.is_met()).count();
    if check && missed > 0 {
        return Err(format!("{missed} bounds missed").into());
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_bound_is_met_up_to_its_figure_and_not_above() {
        assert!(Row::over("x", "ms", (1.5, 1.0), 1.5).is_met());
        assert!(!Row::over("x", "ms", (1.6, 1.0), 1.5).is_met());
        assert!(Row::alone("x", "us", 40.0, Bound::Most(40.0)).is_met());
        assert!(!Row::alone("x", "us", 40.1, Bound::Most(40.0)).is_met());
        assert!(
            Row::over("x", "ms", (1.6, 1.0), 1.5)
                .line()
                .ends_with("MISSED")
        );
    }
}
