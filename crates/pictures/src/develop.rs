//! Processing of uploaded photographs: the pixels are encoded again, so nothing else of the uploaded file, such as
//! metadata, remains.

use std::io::Cursor;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use image::codecs::jpeg::JpegEncoder;
use image::imageops::{self, FilterType};
use image::metadata::Orientation;
use image::{DynamicImage, ImageDecoder, ImageFormat, ImageReader, Limits, RgbImage};
use kit::{Fault, Fields, Result};
use ravif::{Encoder, Img, RGB8};

use crate::model::Format;
use crate::scrim::scrim;

/// The widths in pixels that are generated, except those that are wider than the uploaded photograph.
const WIDTHS: [u32; 4] = [480, 960, 1_600, 2_400];
/// The minimum width of a photograph in pixels.
pub const LEAST_WIDTH: u32 = 480;
/// The minimum height of a photograph in pixels.
pub const LEAST_HEIGHT: u32 = 200;
/// The maximum length in pixels of the longer side.
const LONGEST_SIDE: u32 = 12_000;
/// The maximum number of pixels, which is more than any camera in use produces.
const MOST_PIXELS: u64 = 65_000_000;
/// The maximum memory in bytes for the decoded pixels: enough for 65 million pixels of three bytes or 40 million of
/// six.
const MEMORY: u64 = 240 << 20;
/// A wider photograph is first reduced with a fast filter, because the good filter needs 16 bytes per pixel. In pixels.
const WIDE: u32 = 3_600;
/// The width of the preview in pixels.
const PREVIEW: u32 = 24;

/// A processed photograph with all its files.
#[derive(Debug)]
pub struct Developed {
    /// The width of the largest file in pixels.
    pub width: u32,
    /// The height of the largest file in pixels.
    pub height: u32,
    /// A tiny version of the photograph as a `data:` URL of a few hundred bytes.
    pub preview: String,
    /// How dark the background of text on the photograph must be, from 1 to 5 (see `scrim`).
    pub scrim: i64,
    /// The files: width in pixels, format, and content.
    pub files: Vec<(u32, Format, Vec<u8>)>,
}

/// Checks the format and the size of an upload by its header, before anything is stored.
///
/// # Errors
/// Returns `Error::Invalid` with a sentence that states the requirements if the upload is not a readable JPEG, PNG, or
/// WebP, or is too small or too large.
pub fn check(bytes: &[u8]) -> Result<()> {
    opened(bytes).map(drop)
}

/// Returns whether these first bytes of a file belong to a JPEG, PNG, or WebP.
pub fn is_photograph(bytes: &[u8]) -> bool {
    let format = image::guess_format(bytes).ok();
    matches!(format, Some(ImageFormat::Jpeg | ImageFormat::Png | ImageFormat::WebP))
}

/// The message for a file that cannot be read as a photograph.
pub(crate) const UNREADABLE: &str = "We can’t read this file as a picture. Use a JPEG, PNG, or WebP.";

/// Converts an uploaded photograph into all widths and formats. This is slow, so it must not run on a thread that
/// serves requests.
///
/// # Errors
/// Returns `Error::Invalid` if the upload is not a readable JPEG, PNG, or WebP, or is too small or too large, and a
/// fault if an encoder fails.
pub fn develop(bytes: Vec<u8>) -> Result<Developed> {
    let source = read(&bytes)?;
    drop(bytes);
    let mut widths: Vec<u32> = WIDTHS.into_iter().filter(|width| *width <= source.width()).collect();
    if widths.is_empty() {
        widths.push(source.width());
    }
    let mut files = Vec::new();
    let mut largest = (0, 0);
    for width in widths {
        let height = scaled(source.height(), width, source.width());
        let made = imageops::resize(&source, width, height, FilterType::Lanczos3);
        files.push((width, Format::Avif, avif(&made)?));
        files.push((width, Format::Webp, webp(&made, 78)?));
        files.push((width, Format::Jpeg, jpeg(&made)?));
        largest = (width, height);
    }
    let height = scaled(source.height(), PREVIEW, source.width()).max(1);
    let preview = webp(&imageops::thumbnail(&source, PREVIEW, height), 40)?;
    let preview = format!("data:image/webp;base64,{}", STANDARD.encode(&preview));
    let scrim = scrim(&source);
    Ok(Developed { width: largest.0, height: largest.1, preview, scrim, files })
}

/// Opens an upload as far as its header, and returns its decoder and the orientation of the camera.
fn opened(bytes: &[u8]) -> Result<(impl ImageDecoder + '_, Orientation)> {
    let wrong = |sentence: String| Fields::one("picture", sentence);
    let unreadable = || wrong(UNREADABLE.to_owned());
    let mut reader = ImageReader::new(Cursor::new(bytes)).with_guessed_format().map_err(Fault::because)?;
    if !matches!(reader.format(), Some(ImageFormat::Jpeg | ImageFormat::Png | ImageFormat::WebP)) {
        return Err(unreadable());
    }
    let too_large = |(width, height): (u32, u32)| {
        wrong(format!(
            "This picture is {width} × {height} pixels. The limit is 12,000 pixels per side and 65 million in total."
        ))
    };
    let mut limits = Limits::default();
    limits.max_alloc = Some(MEMORY);
    reader.limits(limits);
    let mut decoder = reader.into_decoder().map_err(|error| match error {
        image::ImageError::Limits(_) => wrong(
            "This picture is too large. The limit is 12,000 pixels per side and 65 million in total."
                .to_owned(),
        ),
        _ => unreadable(),
    })?;
    let turned = decoder.orientation().map_err(|_| unreadable())?;
    let (width, height) = match (is_on_its_side(turned), decoder.dimensions()) {
        (true, (width, height)) => (height, width),
        (false, size) => size,
    };
    let pixels = u64::from(width) * u64::from(height);
    if width.max(height) > LONGEST_SIDE || pixels > MOST_PIXELS || decoder.total_bytes() > MEMORY {
        return Err(too_large((width, height)));
    }
    if width < LEAST_WIDTH || height < LEAST_HEIGHT {
        return Err(wrong(format!(
            "This picture is {width} × {height} pixels. It must be at least {LEAST_WIDTH} pixels wide and \
             {LEAST_HEIGHT} high."
        )));
    }
    Ok((decoder, turned))
}

fn is_on_its_side(turned: Orientation) -> bool {
    use Orientation::{Rotate90, Rotate90FlipH, Rotate270, Rotate270FlipH};
    matches!(turned, Rotate90 | Rotate270 | Rotate90FlipH | Rotate270FlipH)
}

/// Decodes the pixels, reduces them if they are much wider than the widest file, and applies the orientation of the
/// camera.
fn read(bytes: &[u8]) -> Result<RgbImage> {
    let (decoder, turned) = opened(bytes)?;
    let mut image = DynamicImage::from_decoder(decoder).map_err(|_| Fields::one("picture", UNREADABLE))?;
    let across = if is_on_its_side(turned) { image.height() } else { image.width() };
    if across > WIDE {
        let widest = WIDTHS.into_iter().max().unwrap_or(WIDE);
        let smaller = |side: u32| scaled(side, widest, across);
        image = image.thumbnail_exact(smaller(image.width()), smaller(image.height()));
    }
    image.apply_orientation(turned);
    Ok(image.into_rgb8())
}

fn scaled(side: u32, to: u32, from: u32) -> u32 {
    let exact = u64::from(side) * u64::from(to) + u64::from(from) / 2;
    u32::try_from(exact / u64::from(from.max(1))).unwrap_or(u32::MAX).max(1)
}

fn avif(rgb: &RgbImage) -> Result<Vec<u8>> {
    let pixels: Vec<RGB8> = rgb.pixels().map(|pixel| RGB8::new(pixel.0[0], pixel.0[1], pixel.0[2])).collect();
    let size = (rgb.width() as usize, rgb.height() as usize);
    let encoder = Encoder::new().with_quality(62.0).with_speed(8).with_num_threads(Some(1));
    let made = encoder.encode_rgb(Img::new(pixels.as_slice(), size.0, size.1)).map_err(Fault::because)?;
    Ok(made.avif_file)
}

fn webp(rgb: &RgbImage, quality: u8) -> Result<Vec<u8>> {
    let encoder = webp::Encoder::from_rgb(rgb, rgb.width(), rgb.height());
    let made = encoder.encode_simple(false, f32::from(quality));
    made.map(|memory| memory.to_vec()).map_err(|error| Fault::because(format!("WebP: {error:?}")))
}

fn jpeg(rgb: &RgbImage) -> Result<Vec<u8>> {
    let mut made = Vec::new();
    rgb.write_with_encoder(JpegEncoder::new_with_quality(&mut made, 80)).map_err(Fault::because)?;
    Ok(made)
}
