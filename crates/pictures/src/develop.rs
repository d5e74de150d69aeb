//! Making a photograph anew: nothing of what came is left but what is to be seen.

use std::io::Cursor;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use image::codecs::jpeg::JpegEncoder;
use image::imageops::FilterType;
use image::{DynamicImage, ImageDecoder as _, ImageFormat, ImageReader, Limits, RgbImage};
use kit::{Fault, Fields, Result};
use ravif::{Encoder, Img, RGB8};

use crate::model::Format;

/// The widths that are made, as far as what came is that wide, in pixels.
const WIDTHS: [u32; 4] = [480, 960, 1_600, 2_400];
/// A photograph is at least that wide, in pixels.
pub const LEAST_WIDTH: u32 = 480;
/// The longest side that is taken: 100 million pixels and more are a bomb, not a photograph.
const LONGEST_SIDE: u32 = 12_000;
/// How much memory reading one may take, in bytes.
const MEMORY: u64 = 512 << 20;
/// The width of the preview, in pixels.
const PREVIEW: u32 = 24;

/// A photograph in all its files.
#[derive(Debug)]
pub struct Developed {
    /// Pixels of the largest file.
    pub width: u32,
    /// Pixels of the largest file.
    pub height: u32,
    /// The whole as an address of a few hundred bytes.
    pub preview: String,
    /// Width, format, bytes.
    pub files: Vec<(u32, Format, Vec<u8>)>,
}

/// Reads what came; slow work, not for a thread that serves.
///
/// # Errors
/// `Error::Invalid` if it is no JPEG, PNG or WebP that we can read, or too small or too large.
pub fn develop(bytes: &[u8]) -> Result<Developed> {
    let source = read(bytes)?;
    let mut widths: Vec<u32> = WIDTHS.into_iter().filter(|width| *width <= source.width()).collect();
    if widths.is_empty() {
        widths.push(source.width());
    }
    let mut files = Vec::new();
    let mut largest = (0, 0);
    for width in widths {
        let height = scaled(source.height(), width, source.width());
        let made = source.resize_exact(width, height, FilterType::Lanczos3).into_rgb8();
        files.push((width, Format::Avif, avif(&made)?));
        files.push((width, Format::Webp, webp(&made, 78)?));
        files.push((width, Format::Jpeg, jpeg(&made)?));
        largest = (width, height);
    }
    let small = source.resize_exact(
        PREVIEW,
        scaled(source.height(), PREVIEW, source.width()).max(1),
        FilterType::Triangle,
    );
    let preview = webp(&small.into_rgb8(), 40)?;
    let preview = format!("data:image/webp;base64,{}", STANDARD.encode(&preview));
    Ok(Developed { width: largest.0, height: largest.1, preview, files })
}

fn read(bytes: &[u8]) -> Result<DynamicImage> {
    let wrong = |sentence: &str| Fields::one("picture", sentence);
    let unreadable = || wrong("This is no photograph that we can read. Send a JPEG, a PNG or a WebP.");
    let mut reader = ImageReader::new(Cursor::new(bytes)).with_guessed_format().map_err(Fault::because)?;
    if !matches!(reader.format(), Some(ImageFormat::Jpeg | ImageFormat::Png | ImageFormat::WebP)) {
        return Err(unreadable());
    }
    let mut limits = Limits::default();
    limits.max_image_width = Some(LONGEST_SIDE);
    limits.max_image_height = Some(LONGEST_SIDE);
    limits.max_alloc = Some(MEMORY);
    reader.limits(limits);
    let mut decoder = reader.into_decoder().map_err(|error| match error {
        image::ImageError::Limits(_) => {
            wrong("This is larger than any screen: 12,000 pixels a side at most.")
        }
        _ => unreadable(),
    })?;
    let turned = decoder.orientation().map_err(|_| unreadable())?;
    let mut image = DynamicImage::from_decoder(decoder).map_err(|_| unreadable())?;
    image.apply_orientation(turned);
    if image.width() < LEAST_WIDTH || image.height() < 200 {
        return Err(wrong("This is too small: it must be 480 pixels wide and 200 high at least."));
    }
    Ok(image)
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
