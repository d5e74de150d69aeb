//! The table of results: a figure, its floor, the ratio, and the budget.

use std::io::Write as _;

/// The width of the column of names.
const NAME: usize = 58;

/// The limit of a figure.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Budget {
    /// The figure has no limit.
    None,
    /// The figure has to be less than this, in its own unit.
    Under(f64),
    /// The figure has to be at most this many times its floor.
    Within(f64),
    /// The figure, of which more is better, has to be at least its floor divided by this.
    NotBelow(f64),
}

/// Prints results as they come, so that a long run shows its progress, and repeats at the end those over their budget.
#[derive(Default)]
pub(crate) struct Report {
    over: Vec<String>,
}

impl Report {
    /// Begins a part of the table. `meaning` explains its figures and its floor.
    pub(crate) fn part(&mut self, title: &str, meaning: &str) {
        say(&format!("\n{title}"));
        meaning.lines().for_each(|line| say(&format!("  {}", line.trim())));
        say(&format!("  {:<NAME$}{:>14}{:>14}{:>8}  budget", "", "figure", "floor", "ratio"));
    }

    /// Prints a line of text.
    pub(crate) fn say(&mut self, text: &str) {
        say(&format!("  {text}"));
    }

    /// Prints one figure as a row of the table.
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

    /// Prints the rows that were over their budget.
    pub(crate) fn end(&self) {
        if self.over.is_empty() {
            return say("\nEvery figure is within its budget.");
        }
        say("\nOver their budgets:");
        self.over.iter().for_each(|line| say(&format!("  {line}")));
    }
}

/// Formats a figure with its unit and about three significant digits.
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
    // If the reader closed the pipe, there is nothing to report.
    let _ = writeln!(std::io::stdout().lock(), "{line}");
}
