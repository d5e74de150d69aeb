//! The entities of pictures.

use kit::{Fields, Id, Result};

/// The maximum size of a photograph in bytes.
pub const LIMIT: usize = 20 << 20;
/// The maximum size of a film in bytes.
pub const FILM_LIMIT: usize = 40 << 20;

/// The size in bytes of the pieces of an upload. Each piece is one row, and each piece of a film is written in its own
/// transaction and served as one response.
pub(crate) const PIECE: usize = 1 << 20;

/// The maximum length of the name of a slot in bytes.
const LONGEST_SLOT: usize = 120;

/// The kind of a picture.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// A photograph, which is processed into several widths.
    Photograph,
    /// A film, which is served as it was uploaded.
    Film,
}

/// The processing state of a picture.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum PictureState {
    /// It is being processed or uploaded.
    Working,
    /// It can be shown.
    Ready,
    /// It could not be processed.
    Failed,
}

/// The formats of the files of a picture. The image formats are in order of their size, the smallest first: a browser
/// takes the first one that it supports.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Format {
    /// An AVIF image.
    Avif,
    /// A WebP image.
    Webp,
    /// A JPEG image, which every browser supports.
    Jpeg,
    /// A film in an MP4 container.
    Mp4,
    /// A film in a WebM container.
    Webm,
    /// The uploaded file, until it is processed.
    Source,
}

/// Focal point when a picture is cut.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Focus {
    /// The center of the picture.
    #[default]
    Centre,
    /// The top of the picture.
    Top,
    /// The bottom of the picture.
    Bottom,
    /// The left side.
    Left,
    /// The right side.
    Right,
    /// The top left corner.
    TopLeft,
    /// The top right corner.
    TopRight,
    /// The bottom left corner.
    BottomLeft,
    /// The bottom right corner.
    BottomRight,
}

/// Gives each variant of an enum its name in tables, forms, and class names.
macro_rules! text_enum {
    ($name:ident { $($variant:ident => $word:literal),+ $(,)? }) => {
        impl $name {
            /// All variants of the enum.
            pub const ALL: &'static [$name] = &[$($name::$variant),+];

            /// Returns the name of the variant.
            pub fn as_str(self) -> &'static str {
                match self { $($name::$variant => $word),+ }
            }

            /// Parses the name of a variant.
            pub fn read(text: String) -> Option<$name> {
                $name::ALL.iter().copied().find(|one| one.as_str() == text)
            }
        }
        kit::column_as!($name, String, $name::read);
    };
}

text_enum!(Kind { Photograph => "photograph", Film => "film" });
text_enum!(PictureState { Working => "working", Ready => "ready", Failed => "failed" });
text_enum!(Format {
    Avif => "avif", Webp => "webp", Jpeg => "jpg", Mp4 => "mp4", Webm => "webm", Source => "source",
});
text_enum!(Focus {
    Centre => "centre", Top => "top", Bottom => "bottom", Left => "left", Right => "right",
    TopLeft => "top-left", TopRight => "top-right", BottomLeft => "bottom-left", BottomRight => "bottom-right",
});

impl Focus {
    /// Returns the label for people: `Top left`.
    pub fn label(self) -> &'static str {
        match self {
            Focus::Centre => "Center",
            Focus::Top => "Top",
            Focus::Bottom => "Bottom",
            Focus::Left => "Left",
            Focus::Right => "Right",
            Focus::TopLeft => "Top left",
            Focus::TopRight => "Top right",
            Focus::BottomLeft => "Bottom left",
            Focus::BottomRight => "Bottom right",
        }
    }
}

impl Format {
    /// Returns the media type; `None` for the uploaded file, which is never served.
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

/// A photograph or film that was uploaded for a slot.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Picture {
    /// The id of the picture.
    pub id: Id,
    /// Whether it is a photograph or a film.
    pub kind: Kind,
    /// Alt text, for those who can't see it.
    pub alt: String,
    /// The focal point, which stays visible when the picture is cropped.
    pub focus: Focus,
    /// How far the picture has been processed.
    pub state: PictureState,
    /// The width of the largest file in pixels; 0 for a film.
    pub width: i64,
    /// The height of the largest file in pixels; 0 for a film.
    pub height: i64,
    /// A tiny version as a `data:` URL of a few hundred bytes; empty for a film.
    pub preview: String,
    /// How dark the background of text on the picture must be, from 1 to 5 (see `scrim`).
    pub scrim: i64,
    /// Why the picture could not be processed.
    pub problem: Option<String>,
    /// Whether the picture is published. A picture that is not processed yet is not.
    pub is_published: bool,
    /// The widths of its image files in pixels, in ascending order.
    pub widths: Vec<i64>,
    /// The format of a film; `None` for a photograph.
    pub film: Option<Format>,
}

impl Picture {
    /// Returns the path of a file of the picture. The content of a path never changes.
    pub fn path(&self, width: i64, format: Format) -> String {
        format!("/pictures/{}-{width}.{}", self.id, format.as_str())
    }

    /// Returns the files of one format with their widths, in the syntax of the `srcset` attribute.
    pub fn srcset(&self, format: Format) -> String {
        let one = |width: &i64| format!("{} {width}w", self.path(*width, format));
        self.widths.iter().map(one).collect::<Vec<_>>().join(", ")
    }

    /// Returns the AVIF files in the syntax of the `srcset` attribute.
    pub fn avif(&self) -> String {
        self.srcset(Format::Avif)
    }

    /// Returns the WebP files in the syntax of the `srcset` attribute.
    pub fn webp(&self) -> String {
        self.srcset(Format::Webp)
    }

    /// Returns the JPEG files in the syntax of the `srcset` attribute.
    pub fn jpeg(&self) -> String {
        self.srcset(Format::Jpeg)
    }

    /// Returns the path of the largest JPEG file, which every browser supports.
    pub fn fallback(&self) -> String {
        self.path(self.widths.last().copied().unwrap_or_default(), Format::Jpeg)
    }
}

/// The data of a picture besides its content: the slot and the description.
#[derive(Debug, Clone)]
pub struct Upload {
    /// The name of the slot, such as `service/deep-tissue`.
    pub slot: String,
    /// Alt text, for those who can't see it.
    pub alt: String,
    /// The focal point, which stays visible when the picture is cropped.
    pub focus: Focus,
}

impl Upload {
    /// Checks that the slot name has only permitted characters and that the text alternative is not empty. It does not
    /// check that the slot exists.
    pub(crate) fn check(&self) -> Result<()> {
        let mut fields = Fields::new();
        let is_plain = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit() || b"-/".contains(&byte);
        if self.slot.is_empty() || self.slot.len() > LONGEST_SLOT || !self.slot.bytes().all(is_plain) {
            fields.add("slot", "We couldn’t find that place for a picture.");
        }
        if self.alt.trim().is_empty() {
            fields.add("alt", "Describe the picture for people who can’t see it.");
        }
        fields.check()
    }
}

/// The processing state of an uploaded photograph.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Progress {
    /// The name of the slot in which it will be shown.
    pub slot: String,
    /// Whether the photograph is being processed, is ready, or could not be processed.
    pub state: PictureState,
    /// Why the photograph could not be processed.
    pub problem: Option<String>,
    /// The number of photographs that are processed before it.
    pub before: i64,
}
