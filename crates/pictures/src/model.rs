//! The nouns of pictures.

use kit::{Fields, Id, Result};

/// The largest photograph that is taken, in bytes.
pub const LIMIT: usize = 20 << 20;
/// The largest film that is taken, in bytes.
pub const FILM_LIMIT: usize = 40 << 20;

/// How much of a film is written in one transaction, is one row and is answered at once, in bytes.
pub(crate) const PIECE: usize = 1 << 20;

/// The longest name of a spot.
const LONGEST_SLOT: usize = 120;

/// What hangs.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// A photograph, made anew in several widths.
    Photograph,
    /// A film, shown as it came.
    Film,
}

/// Where a picture stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum PictureState {
    /// It is being made.
    Working,
    /// It can be shown.
    Ready,
    /// It could not be made.
    Failed,
}

/// The formats in which a picture is kept, the smallest first: a browser takes the first that it knows.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Format {
    /// AV1 image.
    Avif,
    /// WebP.
    Webp,
    /// JPEG, which everybody knows.
    Jpeg,
    /// MPEG-4 film.
    Mp4,
    /// WebM film.
    Webm,
    /// What came.
    Source,
}

/// Where the eye rests when a picture is cut.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Focus {
    /// In the middle.
    #[default]
    Centre,
    /// Above.
    Top,
    /// Below.
    Bottom,
    /// On the left.
    Left,
    /// On the right.
    Right,
    /// Above on the left.
    TopLeft,
    /// Above on the right.
    TopRight,
    /// Below on the left.
    BottomLeft,
    /// Below on the right.
    BottomRight,
}

/// Gives an enum its words: as they stand in the tables, in forms and in class names.
macro_rules! words {
    ($name:ident { $($variant:ident => $word:literal),+ $(,)? }) => {
        impl $name {
            /// Every one.
            pub const ALL: &'static [$name] = &[$($name::$variant),+];

            /// Its word.
            pub fn as_str(self) -> &'static str {
                match self { $($name::$variant => $word),+ }
            }

            /// Reads its word.
            pub fn read(text: String) -> Option<$name> {
                $name::ALL.iter().copied().find(|one| one.as_str() == text)
            }
        }
        kit::column_as!($name, String, $name::read);
    };
}

words!(Kind { Photograph => "photograph", Film => "film" });
words!(PictureState { Working => "working", Ready => "ready", Failed => "failed" });
words!(Format {
    Avif => "avif", Webp => "webp", Jpeg => "jpg", Mp4 => "mp4", Webm => "webm", Source => "source",
});
words!(Focus {
    Centre => "centre", Top => "top", Bottom => "bottom", Left => "left", Right => "right",
    TopLeft => "top-left", TopRight => "top-right", BottomLeft => "bottom-left", BottomRight => "bottom-right",
});

impl Format {
    /// Its media type; nothing of what is never shown.
    pub fn media_type(self) -> Option<&'static str> {
        match self {
            Format::Avif => Some("image/avif"),
            Format::Webp => Some("image/webp"),
            Format::Jpeg => Some("image/jpeg"),
            Format::Mp4 => Some("video/mp4"),
            Format::Webm => Some("video/webm"),
            Format::Source => None,
        }
    }
}

/// A picture that hangs somewhere.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Picture {
    /// Its id.
    pub id: Id,
    /// What it is.
    pub kind: Kind,
    /// What is to be seen, for who can't see it.
    pub alt: String,
    /// Where the eye rests.
    pub focus: Focus,
    /// Where it stands.
    pub state: PictureState,
    /// Pixels of the largest file.
    pub width: i64,
    /// Pixels of the largest file.
    pub height: i64,
    /// The whole as an address of a few hundred bytes (`data:`); empty of a film.
    pub preview: String,
    /// How dark the ground of text on it must be, from 1 to 5 (see [`crate::scrim()`]).
    pub scrim: i64,
    /// Why it could not be used.
    pub problem: Option<String>,
    /// Whether it hangs: before it is made it does not.
    pub hangs: bool,
    /// The widths in which it is kept, rising.
    pub widths: Vec<i64>,
    /// Of a film, its format.
    pub film: Option<Format>,
}

impl Picture {
    /// Where a file of it is. The bytes under an address never change.
    pub fn path(&self, width: i64, format: Format) -> String {
        format!("/pictures/{}-{width}.{}", self.id, format.as_str())
    }

    /// The files of one format as a browser's choice by width.
    pub fn srcset(&self, format: Format) -> String {
        let one = |width: &i64| format!("{} {width}w", self.path(*width, format));
        self.widths.iter().map(one).collect::<Vec<_>>().join(", ")
    }

    /// The AVIF files, as `srcset` has them.
    pub fn avif(&self) -> String {
        self.srcset(Format::Avif)
    }

    /// The WebP files, as `srcset` has them.
    pub fn webp(&self) -> String {
        self.srcset(Format::Webp)
    }

    /// The JPEG files, as `srcset` has them.
    pub fn jpeg(&self) -> String {
        self.srcset(Format::Jpeg)
    }

    /// The largest file that everybody knows.
    pub fn fallback(&self) -> String {
        self.path(self.widths.last().copied().unwrap_or_default(), Format::Jpeg)
    }
}

/// What is said of a picture that is to hang.
#[derive(Debug, Clone)]
pub struct Upload {
    /// Where: `service/deep-tissue`.
    pub slot: String,
    /// What is to be seen, for who can't see it.
    pub alt: String,
    /// Where the eye rests.
    pub focus: Focus,
}

impl Upload {
    /// Refuses a name that no slot has, and a picture without words.
    pub(crate) fn check(&self) -> Result<()> {
        let mut fields = Fields::new();
        let is_plain = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit() || b"-/".contains(&byte);
        if self.slot.is_empty() || self.slot.len() > LONGEST_SLOT || !self.slot.bytes().all(is_plain) {
            fields.add("spot", "There is no such place for a picture.");
        }
        if self.alt.trim().is_empty() {
            fields.add("alt", "Say what is to be seen, for who can’t see it.");
        }
        fields.check()
    }
}

/// How far a photograph is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Progress {
    /// Where it is to be seen.
    pub slot: String,
    /// Whether it is being made, ready, or could not be used.
    pub state: PictureState,
    /// Why it could not be used.
    pub problem: Option<String>,
    /// How many are made before it.
    pub before: i64,
}
