//! Values passed to and read from a database: one Rust type for each kind, on either engine.

use bytes::BytesMut;
use jiff::Timestamp;
use jiff::civil::Date;
use postgres::types::{IsNull, ToSql, Type, to_sql_checked};
use rusqlite::types::{ToSqlOutput, ValueRef};

use crate::amounts::Cents;
use crate::clock;
use crate::errors::{Fault, OrFault, Result};
use crate::ids::Id;

/// A parameter of a statement.
#[derive(Debug, Clone, PartialEq)]
pub enum Value {
    /// NULL, of any type.
    Null,
    /// BIGINT: numbers, ids, cents, and UTC milliseconds.
    Int(i64),
    /// A BOOLEAN, which SQLite stores as 0 or 1.
    Bool(bool),
    /// DOUBLE PRECISION: sensor readings, never money.
    Real(f64),
    /// TEXT: text, civil dates, and JSON.
    Text(String),
    /// Bytes: digests and encrypted text.
    Bytes(Vec<u8>),
}

/// Builds the parameters of a statement: `args![room, from, to]`.
#[macro_export]
macro_rules! args {
    ($($value:expr),* $(,)?) => { [$($crate::db::Value::from($value)),*] };
}

macro_rules! value_from {
    ($($kind:ty: $value:ident => $made:expr;)*) => {
        $(impl From<$kind> for Value {
            fn from($value: $kind) -> Value {
                $made
            }
        }
        impl From<&$kind> for Value {
            fn from(value: &$kind) -> Value {
                Value::from(value.clone())
            }
        })*
    };
}

value_from! {
    i64: n => Value::Int(n);
    bool: b => Value::Bool(b);
    f64: r => Value::Real(r);
    String: text => Value::Text(text);
    Vec<u8>: bytes => Value::Bytes(bytes);
    Id: id => Value::Int(id.0);
    Cents: cents => Value::Int(cents.0);
    Timestamp: moment => Value::Int(moment.as_millisecond());
    Date: date => Value::Text(date.to_string());
    serde_json::Value: json => Value::Text(json.to_string());
}

impl From<&str> for Value {
    fn from(text: &str) -> Value {
        Value::Text(text.to_owned())
    }
}

impl<T: Into<Value>> From<Option<T>> for Value {
    fn from(value: Option<T>) -> Value {
        value.map_or(Value::Null, Into::into)
    }
}

impl rusqlite::ToSql for Value {
    fn to_sql(&self) -> rusqlite::Result<ToSqlOutput<'_>> {
        Ok(match self {
            Value::Null => ToSqlOutput::Borrowed(ValueRef::Null),
            Value::Int(n) => ToSqlOutput::Borrowed(ValueRef::Integer(*n)),
            Value::Bool(b) => ToSqlOutput::Borrowed(ValueRef::Integer(i64::from(*b))),
            Value::Real(r) => ToSqlOutput::Borrowed(ValueRef::Real(*r)),
            Value::Text(text) => ToSqlOutput::Borrowed(ValueRef::Text(text.as_bytes())),
            Value::Bytes(bytes) => ToSqlOutput::Borrowed(ValueRef::Blob(bytes)),
        })
    }
}

impl ToSql for Value {
    fn to_sql(
        &self,
        kind: &Type,
        out: &mut BytesMut,
    ) -> std::result::Result<IsNull, Box<dyn std::error::Error + Sync + Send>> {
        match self {
            Value::Null => Ok(IsNull::Yes),
            Value::Int(n) if *kind == Type::INT4 => i32::try_from(*n)?.to_sql(kind, out),
            Value::Int(n) if *kind == Type::INT8 => n.to_sql(kind, out),
            Value::Bool(b) if *kind == Type::BOOL => b.to_sql(kind, out),
            Value::Real(r) if *kind == Type::FLOAT8 => r.to_sql(kind, out),
            Value::Text(text) if *kind == Type::TEXT || *kind == Type::VARCHAR => text.to_sql(kind, out),
            Value::Bytes(bytes) if *kind == Type::BYTEA => bytes.to_sql(kind, out),
            _ => Err(format!("{self:?} for a parameter of type {kind}").into()),
        }
    }

    fn accepts(_: &Type) -> bool {
        true
    }

    to_sql_checked!();
}

/// One row of a result.
pub enum Row<'r> {
    /// A row from SQLite.
    Sqlite(&'r rusqlite::Row<'r>),
    /// A row from PostgreSQL.
    Postgres(&'r postgres::Row),
}

impl Row<'_> {
    /// Returns the column at `index`, counted from 0.
    ///
    /// # Errors
    /// Returns a fault if the column is missing or holds another type.
    pub fn get<T: Column>(&self, index: usize) -> Result<T> {
        match self {
            Row::Sqlite(row) => {
                let value = row.get_ref(index).or_fault()?;
                T::from_sqlite(value).ok_or_else(|| wrong_type::<T>(index, &format!("{value:?}")))
            }
            Row::Postgres(row) => {
                T::from_postgres(row, index).map_err(|error| wrong_type::<T>(index, &error.to_string()))
            }
        }
    }
}

fn wrong_type<T>(index: usize, found: &str) -> crate::Error {
    Fault::because(format!("column {index} is no {}: {found}", std::any::type_name::<T>()))
}

/// A type that a column can hold.
pub trait Column: Sized {
    /// Reads the value from SQLite; returns `None` if it has another type.
    fn from_sqlite(value: ValueRef<'_>) -> Option<Self>;
    /// Reads the value from PostgreSQL.
    ///
    /// # Errors
    /// Returns the driver's error if the value has another type.
    fn from_postgres(row: &postgres::Row, index: usize) -> Result<Self, postgres::Error>;
}

macro_rules! plain_column {
    ($($kind:ty: $value:ident => $read:expr;)*) => {
        $(impl Column for $kind {
            fn from_sqlite($value: ValueRef<'_>) -> Option<Self> {
                $read
            }

            fn from_postgres(row: &postgres::Row, index: usize) -> Result<Self, postgres::Error> {
                row.try_get(index)
            }
        })*
    };
}

plain_column! {
    i64: value => value.as_i64().ok();
    bool: value => value.as_i64().ok().map(|n| n != 0);
    f64: value => value.as_f64().ok();
    String: value => value.as_str().ok().map(str::to_owned);
    Vec<u8>: value => value.as_blob().ok().map(<[u8]>::to_vec);
}

impl<T: Column> Column for Option<T> {
    fn from_sqlite(value: ValueRef<'_>) -> Option<Self> {
        match value {
            ValueRef::Null => Some(None),
            other => T::from_sqlite(other).map(Some),
        }
    }

    fn from_postgres(row: &postgres::Row, index: usize) -> Result<Self, postgres::Error> {
        if is_null(row, index)? { Ok(None) } else { T::from_postgres(row, index).map(Some) }
    }
}

/// Returns whether a column of any type is NULL.
fn is_null(row: &postgres::Row, index: usize) -> Result<bool, postgres::Error> {
    struct Anything;
    impl<'a> postgres::types::FromSql<'a> for Anything {
        fn from_sql(
            _: &Type,
            _: &'a [u8],
        ) -> std::result::Result<Self, Box<dyn std::error::Error + Sync + Send>> {
            Ok(Anything)
        }

        fn accepts(_: &Type) -> bool {
            true
        }
    }
    row.try_get::<_, Option<Anything>>(index).map(|found| found.is_none())
}

/// Implements [`Column`] for a type that is stored as a plainer type:
/// `column_as!(Id, i64, |n| Some(Id(n)))`. A fourth argument makes it a [`Value`] too:
/// `column_as!(Status, String, Status::read, |status| status.as_str().to_owned())`.
#[macro_export]
macro_rules! column_as {
    ($kind:ty, $plain:ty, $read:expr, $write:expr) => {
        $crate::column_as!($kind, $plain, $read);
        impl From<$kind> for $crate::db::Value {
            fn from(value: $kind) -> $crate::db::Value {
                let write: fn($kind) -> $plain = $write;
                $crate::db::Value::from(write(value))
            }
        }
    };
    ($kind:ty, $plain:ty, $read:expr) => {
        impl $crate::db::Column for $kind {
            fn from_sqlite(value: $crate::db::ValueRef<'_>) -> Option<Self> {
                let read: fn($plain) -> Option<$kind> = $read;
                <$plain as $crate::db::Column>::from_sqlite(value).and_then(read)
            }

            fn from_postgres(
                row: &$crate::db::PostgresRow,
                index: usize,
            ) -> ::std::result::Result<Self, $crate::db::PostgresError> {
                let read: fn($plain) -> Option<$kind> = $read;
                let plain = <$plain as $crate::db::Column>::from_postgres(row, index)?;
                Ok(read(plain).expect(concat!("only a ", stringify!($kind), " is ever written there")))
            }
        }
    };
}

column_as!(Id, i64, |n| Some(Id(n)));
column_as!(Cents, i64, |n| Some(Cents(n)));
column_as!(Timestamp, i64, |n| Some(clock::from_millis(n)));
column_as!(Date, String, |text| text.parse().ok());
column_as!(serde_json::Value, String, |text| serde_json::from_str(&text).ok());

/// A type that is built from a whole row.
pub trait FromRow: Sized {
    /// Reads the value column by column, in the order of the statement.
    ///
    /// # Errors
    /// Returns a fault if a column is missing or holds another type.
    fn from_row(row: &Row<'_>) -> Result<Self>;
}

/// Implements [`FromRow`] for a struct whose fields are the columns of a statement, in this
/// order: `row!(Session { id, person, expires_at })`.
#[macro_export]
macro_rules! row {
    ($kind:ident { $($field:ident),* $(,)? }) => {
        impl $crate::db::FromRow for $kind {
            fn from_row(row: &$crate::db::Row<'_>) -> $crate::Result<Self> {
                let mut columns = 0..;
                $(let $field = row.get(columns.next().expect("columns have no end"))?;)*
                Ok($kind { $($field),* })
            }
        }
    };
}

macro_rules! tuple_rows {
    ($($($name:ident)*;)*) => {
        $(impl<$($name: Column),*> FromRow for ($($name,)*) {
            fn from_row(row: &Row<'_>) -> Result<Self> {
                let mut columns = 0..;
                Ok(($(row.get::<$name>(columns.next().expect("columns have no end"))?,)*))
            }
        })*
    };
}

tuple_rows! {
    A; A B; A B C; A B C D;
    A B C D E; A B C D E F; A B C D E F G; A B C D E F G H;
}
