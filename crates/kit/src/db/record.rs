//! Records: the columns, the INSERT statement, and the reader of a struct from one definition.

/// Defines once how a struct is stored. Every field names its column, a field that is a struct itself lists its own
/// fields in braces, and a comma ends each of them. The struct after `with` holds columns that are written when the
/// record is inserted but not read with it.
///
/// ```ignore
/// kit::record! {
///     "notes" as "n", note_columns, insert_note;
///     Note { id: "id", author: Author { name: "author_name", email: "author_email", }, }
///     with Unread { club: "club_id", }
/// }
/// ```
///
/// The result is `note_columns!()`, the columns for a SELECT with the alias; `insert_note!()`, the text of the INSERT
/// statement; [`crate::db::FromRow`]; and a method `values` of each struct, whose results are the arguments of the
/// INSERT statement, one after the other.
#[macro_export]
macro_rules! record {
    (@columns $name:ident $alias:literal [$($out:tt)*] $field:ident: $column:literal, $($rest:tt)*) => {
        $crate::record!(@columns $name $alias [$($out)* $column] $($rest)*);
    };
    (@columns $name:ident $alias:literal [$($out:tt)*] $field:ident: $part:ident { $($inner:tt)* }, $($rest:tt)*) => {
        $crate::record!(@columns $name $alias [$($out)*] $($inner)* $($rest)*);
    };
    (@columns $name:ident $alias:literal [$first:literal $($column:literal)*]) => {
        macro_rules! $name {
            () => { concat!($alias, ".", $first $(, ", ", $alias, ".", $column)*) };
        }
    };
    (@insert $name:ident $table:literal [$($out:tt)*] [$n:literal $($ns:literal)*] $field:ident: $column:literal,
     $($rest:tt)*) => {
        $crate::record!(@insert $name $table [$($out)* ($column $n)] [$($ns)*] $($rest)*);
    };
    (@insert $name:ident $table:literal [$($out:tt)*] [$($ns:literal)*] $field:ident: $part:ident { $($inner:tt)* },
     $($rest:tt)*) => {
        $crate::record!(@insert $name $table [$($out)*] [$($ns)*] $($inner)* $($rest)*);
    };
    (@insert $name:ident $table:literal [($first:literal $one:literal) $(($column:literal $n:literal))*]
     [$($ns:literal)*]) => {
        macro_rules! $name {
            () => {
                concat!(
                    "INSERT INTO ", $table, " (", $first $(, ", ", $column)*, ") VALUES ($", $one $(, ", $", $n)*, ")"
                )
            };
        }
    };
    (@read $row:ident $at:ident $kind:ident { $($field:ident: $column:tt $({ $($inner:tt)* })?,)* }) => {
        $kind { $($field: $crate::record!(@value $row $at $column $({ $($inner)* })?)),* }
    };
    (@value $row:ident $at:ident $column:literal) => {
        $row.get($at.next().expect("columns have no end"))?
    };
    (@value $row:ident $at:ident $part:ident { $($inner:tt)* }) => {
        $crate::record!(@read $row $at $part { $($inner)* })
    };
    (@write $out:ident [$($place:tt)*] $field:ident: $column:literal, $($rest:tt)*) => {
        $out.push($crate::db::Value::from($($place)*.$field.clone()));
        $crate::record!(@write $out [$($place)*] $($rest)*);
    };
    (@write $out:ident [$($place:tt)*] $field:ident: $part:ident { $($inner:tt)* }, $($rest:tt)*) => {
        $crate::record!(@write $out [$($place)*.$field] $($inner)*);
        $crate::record!(@write $out [$($place)*] $($rest)*);
    };
    (@write $out:ident [$($place:tt)*]) => {};
    (@values $kind:ident $($fields:tt)*) => {
        impl $kind {
            /// Returns the values of the columns, in the order of the INSERT statement.
            pub(crate) fn values(&self) -> Vec<$crate::db::Value> {
                let mut values = Vec::new();
                $crate::record!(@write values [self] $($fields)*);
                values
            }
        }
    };
    ($table:literal as $alias:literal, $columns:ident, $insert:ident; $kind:ident { $($fields:tt)* }
     $(with $unread:ident { $($more:tt)* })?) => {
        $crate::record!(@columns $columns $alias [] $($fields)*);
        $crate::record!(@insert $insert $table []
            [1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16 17 18 19 20 21 22 23 24 25 26 27 28 29 30 31 32 33 34 35 36 37 38 39
             40 41 42 43 44 45 46 47 48] $($fields)* $($($more)*)?);
        impl $crate::db::FromRow for $kind {
            fn from_row(row: &$crate::db::Row<'_>) -> $crate::Result<Self> {
                let mut columns = 0..;
                Ok($crate::record!(@read row columns $kind { $($fields)* }))
            }
        }
        $crate::record!(@values $kind $($fields)*);
        $($crate::record!(@values $unread $($more)*);)?
    };
}
