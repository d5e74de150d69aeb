//! Amounts of money: whole cents inside the program, decimals with two places outside, never a float.

use std::fmt;
use std::iter::Sum;
use std::ops::{Add, AddAssign, Neg, Sub};
use std::str::FromStr;

use serde::{Serialize, Serializer};

/// An amount in cents of the club's currency. It may be negative (a discount line, a refund).
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Cents(pub i64);

impl Cents {
    /// The amount of zero cents.
    pub const ZERO: Cents = Cents(0);
}

/// The error for text that is not a valid amount.
#[derive(Debug, PartialEq, Eq)]
pub struct NotAnAmount;

impl fmt::Display for NotAnAmount {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Use at most two decimal places, like 150.00.")
    }
}

impl FromStr for Cents {
    type Err = NotAnAmount;

    /// Parses decimal text such as `150`, `150.5`, `150.50`, or `-3.00`. Rejects more than two decimal places (T2).
    ///
    /// # Errors
    /// Returns [`NotAnAmount`] for any other text, and for more than 13 digits before the decimal point.
    fn from_str(text: &str) -> Result<Cents, NotAnAmount> {
        let (sign, digits) = match text.strip_prefix('-') {
            Some(rest) => (-1, rest),
            None => (1, text),
        };
        let (whole, part) = digits.split_once('.').unwrap_or((digits, "0"));
        let plain = |text: &str| !text.is_empty() && text.bytes().all(|b| b.is_ascii_digit());
        if !plain(whole) || !plain(part) || part.len() > 2 || whole.len() > 13 {
            return Err(NotAnAmount);
        }
        let whole: i64 = whole.parse().map_err(|_| NotAnAmount)?;
        let part: i64 = format!("{part:0<2}").parse().map_err(|_| NotAnAmount)?;
        Ok(Cents(sign * (whole * 100 + part)))
    }
}

impl fmt::Display for Cents {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let sign = if self.0 < 0 { "-" } else { "" };
        let cents = self.0.unsigned_abs();
        write!(f, "{sign}{}.{:02}", cents / 100, cents % 100)
    }
}

impl Serialize for Cents {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl utoipa::PartialSchema for Cents {
    fn schema() -> utoipa::openapi::RefOr<utoipa::openapi::schema::Schema> {
        utoipa::openapi::ObjectBuilder::new()
            .schema_type(utoipa::openapi::schema::Type::String)
            .pattern(Some(r"^-?\d+\.\d{2}$"))
            .examples([serde_json::json!("150.00")])
            .into()
    }
}

impl utoipa::ToSchema for Cents {}

impl Add for Cents {
    type Output = Cents;

    fn add(self, other: Cents) -> Cents {
        Cents(self.0 + other.0)
    }
}

impl AddAssign for Cents {
    fn add_assign(&mut self, other: Cents) {
        self.0 += other.0;
    }
}

impl Sub for Cents {
    type Output = Cents;

    fn sub(self, other: Cents) -> Cents {
        Cents(self.0 - other.0)
    }
}

impl Neg for Cents {
    type Output = Cents;

    fn neg(self) -> Cents {
        Cents(-self.0)
    }
}

impl Sum for Cents {
    fn sum<I: Iterator<Item = Cents>>(amounts: I) -> Cents {
        amounts.fold(Cents::ZERO, Add::add)
    }
}

/// Returns `numerator / denominator`, rounded half up to a whole number. The numerator must not be negative, and
/// the denominator must be positive.
pub fn half_up(numerator: i128, denominator: i128) -> i64 {
    i64::try_from((2 * numerator + denominator) / (2 * denominator)).expect("an amount fits 63 bits")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_amount_is_parsed_exactly_from_its_digits() {
        for (text, cents) in [("150.00", 15_000), ("0.99", 99), ("-3", -300), ("7.5", 750), ("0", 0)] {
            assert_eq!(text.parse(), Ok(Cents(cents)), "{text}");
        }
        for text in ["", ".", "1.", ".5", "1.005", "1e3", "NaN", "١", "--1", "+1", " 1", "99999999999999"] {
            assert_eq!(text.parse::<Cents>(), Err(NotAnAmount), "{text}");
        }
        assert_eq!(Cents(-5).to_string(), "-0.05");
    }

    #[test]
    fn halves_round_up() {
        assert_eq!(half_up(90_565, 10), 9_057);
        assert_eq!(half_up(1, 2), 1);
        assert_eq!(half_up(49, 100), 0);
    }
}
