//! The table: a figure, its floor, how many times the floor it is, and what it may be.

use std::io::Write as _;

/// How far a name reaches before the figures begin.
const NAME: usize = 58;

/// What something may be.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Budget {
    /// There is none.
    None,
    /// The figure stays under this, in its own unit.
    Under(f64),
    /// The figure stays within so many times its floor.
    Within(f64),
    /// The figure, of which more is better, stays above its floor divided by this.
    NotBelow(f64),
}

/// Writes as it goes, so that a long run shows where it is. What is over its budget is said again at the end.
#[derive(Default)]
pub(crate) struct Report {
    over: Vec<String>,
}

impl Report {
    /// Begins a part; `meaning` says what its figures and its floor are.
    pub(crate) fn part(&mut self, title: &str, meaning: &str) {
        say(&format!("\n{title}"));
        meaning.lines().for_each(|line| say(&format!("  {}", line.trim())));
        say(&format!("  {:<NAME$}{:>14}{:>14}{:>8}  budget", "", "figure", "floor", "ratio"));
    }

    /// A line of plain words.
    pub(crate) fn say(&mut self, text: &str) {
        say(&format!("  {text}"));
    }

    /// A row.
    pub(crate) fn row(&mut self, name: &str, unit: &str, figure: f64, floor: Option<f64>, budget: Budget) {
        let ratio = floor.filter(|floor| *floor > 0.0).map(|floor| figure / floor);
        let (allowed, held) = match budget {
            Budget::None => (String::new(), true),
            Budget::Under(most) => (format!("under {}", shown(most, unit)), figure < most),
            Budget::Within(most) => (format!("within {most} x"), ratio.is_none_or(|ratio| ratio <= most)),
            Budget::NotBelow(most) => {
                (format!("at least 1/{most} x"), ratio.is_none_or(|ratio| ratio * most >= 1.0))
            }
        };
        let verdict = if held { "" } else { "  OVER" };
        let floor = floor.map_or(String::new(), |floor| shown(floor, unit));
        let shown_ratio = ratio.map_or(String::new(), |ratio| format!("{ratio:.2}"));
        let line = format!(
            "{name:<NAME$}{:>14}{floor:>14}{shown_ratio:>8}  {allowed}{verdict}",
            shown(figure, unit)
        );
        say(&format!("  {}", line.trim_end()));
        if !held {
            self.over.push(line);
        }
    }

    /// What was over its budget.
    pub(crate) fn end(&self) {
        if self.over.is_empty() {
            return say("\nEvery figure is within its budget.");
        }
        say("\nOver their budgets:");
        self.over.iter().for_each(|line| say(&format!("  {line}")));
    }
}

/// A figure with its unit: three digits that count.
fn shown(figure: f64, unit: &str) -> String {
    let places = if figure >= 100.0 {
        0
    } else if figure >= 10.0 {
        1
    } else {
        2
    };
    format!("{figure:.places$} {unit}")
}

fn say(line: &str) {
    // Whoever closed the pipe does not want to read on.
    let _ = writeln!(std::io::stdout().lock(), "{line}");
}
