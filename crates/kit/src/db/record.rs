//! Records: the columns, the INSERT statement, and the reader of a struct from one definition.

/// Defines once how a struct is stored. Each field says where its value is, and a comma ends each of them:
///
/// - `"column"`: in a column of the table;
/// - `json "column"`: in a column of the table, as JSON; NULL is read as `null`;
/// - `Part { … }`: a struct whose fields are listed in the same way;
/// - `option Part { … }`: an optional struct of plain columns, which is `None` if any of them is NULL;
/// - `read "m.column"`: a column of a joined table, or an expression, which is read but not inserted;
/// - `default`: in no column, so that the reader leaves its default.
///
/// After `with` stand the columns that are inserted but not read: as the fields of another struct, or without one
/// (`with "id", "club_id"`); then the caller appends their values.
///
/// ```ignore
/// kit::record! {
///     "notes" as "n", note_columns, insert_note;
///     Note { id: "id", author: Author { name: "author_name", email: read "a.email", }, tags: json "tags", }
///     with Unread { club: "club_id", }
/// }
/// ```
///
/// The result is `note_columns!()`, the columns for a SELECT with the alias; `insert_note!()`, the text of the INSERT
/// statement; [`crate::db::FromRow`]; `Note::from_columns`, which reads from a later column of a row; and a method
/// `values` of each struct, whose results are the arguments of the INSERT statement, one after the other.
#[macro_export]
macro_rules! record {
    ($table:literal as $alias:literal, $columns:ident, $insert:ident; $kind:ident { $($fields:tt)* }
     $(with $($more:tt)*)?) => {
        $crate::record!(@fields (self $table $columns $insert $kind [$($($more)*)?]) $alias {[] [] []}
            (self $($fields)*));
        impl $kind {
            pub(crate) fn from_columns(row: &$crate::db::Row<'_>, from: usize) -> $crate::Result<Self> {
                let mut columns = from..;
                Ok($crate::record!(@read row columns $kind { $($fields)* }))
            }
        }
        impl $crate::db::FromRow for $kind {
            fn from_row(row: &$crate::db::Row<'_>) -> $crate::Result<Self> {
                Self::from_columns(row, 0)
            }
        }
    };
    // Collects the columns of the SELECT, the columns of the INSERT, and the values, field by field. A group holds the
    // place of a struct and the rest of its fields.
    (@fields $to:tt $alias:literal $all:tt ($at:tt $field:ident: default, $($rest:tt)*) $($up:tt)*) => {
        $crate::record!(@fields $to $alias $all ($at $($rest)*) $($up)*);
    };
    (@fields $to:tt $alias:literal {[$($read:tt)*] $into:tt $out:tt} ($at:tt $field:ident: read $sql:literal,
     $($rest:tt)*) $($up:tt)*) => {
        $crate::record!(@fields $to $alias {[$($read)* [$sql]] $into $out} ($at $($rest)*) $($up)*);
    };
    (@fields $to:tt $alias:literal {[$($read:tt)*] [$($into:tt)*] [$($out:tt)*]} ($at:tt $field:ident: json
     $column:literal, $($rest:tt)*) $($up:tt)*) => {
        $crate::record!(@fields $to $alias {[$($read)* [$alias "." $column]] [$($into)* $column] [$($out)*
            [$crate::serde_json::json!($at.$field)]]} ($at $($rest)*) $($up)*);
    };
    (@fields $to:tt $alias:literal {[$($read:tt)*] [$($into:tt)*] [$($out:tt)*]} ($at:tt $field:ident:
     $column:literal, $($rest:tt)*) $($up:tt)*) => {
        $crate::record!(@fields $to $alias {[$($read)* [$alias "." $column]] [$($into)* $column] [$($out)*
            [$at.$field.clone()]]} ($at $($rest)*) $($up)*);
    };
    (@fields $to:tt $alias:literal {[$($read:tt)*] [$($into:tt)*] [$($out:tt)*]} ($at:tt $field:ident: option
     $part:ident { $($inner:ident: $column:literal,)* }, $($rest:tt)*) $($up:tt)*) => {
        $crate::record!(@fields $to $alias {[$($read)* $([$alias "." $column])*] [$($into)* $($column)*] [$($out)*
            $([$at.$field.as_ref().map(|part| part.$inner.clone())])*]} ($at $($rest)*) $($up)*);
    };
    (@fields $to:tt $alias:literal $all:tt ($at:tt $field:ident: $part:ident { $($inner:tt)* }, $($rest:tt)*)
     $($up:tt)*) => {
        $crate::record!(@fields $to $alias $all (($at.$field) $($inner)*) ($at $($rest)*) $($up)*);
    };
    (@fields $to:tt $alias:literal $all:tt ($at:tt) $($up:tt)*) => {
        $crate::record!(@fields $to $alias $all $($up)*);
    };
    (@fields ($me:tt $table:literal $columns:ident $insert:ident $kind:ident [$($more:tt)*]) $alias:literal
     {[[$($first:literal)*] $([$($column:literal)*])*] $into:tt [$([$($value:tt)*])*]}) => {
        macro_rules! $columns {
            () => { concat!($($first,)* $(", ", $($column,)*)*) };
        }
        impl $kind {
            pub(crate) fn values(&$me) -> Vec<$crate::db::Value> {
                vec![$($crate::db::Value::from($($value)*)),*]
            }
        }
        $crate::record!(@with $table $insert $into $($more)*);
    };
    (@with $table:literal $insert:ident [$($into:literal)*] $($column:literal),*) => {
        $crate::record!(@insert $insert $table []
            [1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16 17 18 19 20 21 22 23 24 25 26 27 28 29 30 31 32 33 34 35 36 37 38 39
             40 41 42 43 44 45 46 47 48] $($into)* $($column)*);
    };
    (@with $table:literal $insert:ident [$($into:literal)*] $unread:ident { $($field:ident: $column:literal,)* }) => {
        $crate::record!(@with $table $insert [$($into)* $($column)*]);
        impl $unread {
            pub(crate) fn values(&self) -> Vec<$crate::db::Value> {
                vec![$($crate::db::Value::from(self.$field.clone())),*]
            }
        }
    };
    (@insert $insert:ident $table:literal [$($out:tt)*] [$n:literal $($ns:literal)*] $column:literal
     $($rest:literal)*) => {
        $crate::record!(@insert $insert $table [$($out)* ($column $n)] [$($ns)*] $($rest)*);
    };
    (@insert $insert:ident $table:literal [($first:literal $one:literal) $(($column:literal $n:literal))*] $ns:tt) => {
        macro_rules! $insert {
            () => {
                concat!(
                    "INSERT INTO ", $table, " (", $first $(, ", ", $column)*, ") VALUES ($", $one $(, ", $", $n)*, ")"
                )
            };
        }
    };
    (@read $row:ident $at:ident $kind:ident {
        $($field:ident: $how:tt $($column:literal)? $($part:ident)? $({ $($inner:tt)* })?,)*
    }) => {
        $kind { $($field: $crate::record!(@value $row $at $how $($column)? $($part)? $({ $($inner)* })?)),* }
    };
    (@value $row:ident $at:ident default) => {
        Default::default()
    };
    (@value $row:ident $at:ident json $column:literal) => {{
        let text: Option<String> = $crate::record!(@value $row $at $column);
        $crate::serde_json::from_str(text.as_deref().unwrap_or("null")).map_err($crate::Fault::because)?
    }};
    (@value $row:ident $at:ident $(read)? $column:literal) => {
        $row.get($at.next().expect("columns have no end"))?
    };
    (@value $row:ident $at:ident option $part:ident { $($field:ident: $column:literal,)* }) => {
        match ($($crate::record!(@value $row $at $column),)*) {
            ($(Some($field),)*) => Some($part { $($field),* }),
            _ => None,
        }
    };
    (@value $row:ident $at:ident $part:ident { $($inner:tt)* }) => {
        $crate::record!(@read $row $at $part { $($inner)* })
    };
}
