//! How dark the background of text on a photograph must be. A page puts a layer of its background color between the
//! picture and the text, at one of five opacities. The opacity is computed from the pixels, so that text keeps its
//! contrast on any photograph, even a white one.

#![allow(clippy::float_arithmetic, reason = "luminance of pixels (WCAG 2.2), never money")]

use image::RgbImage;

/// The minimum contrast between text and its background (WCAG 2.2, 1.4.3).
pub const LEAST_CONTRAST: f64 = 4.5;
/// The color of the layer over the picture: `--ink` of the stylesheet.
const INK: [u8; 3] = [0x0b, 0x0b, 0x0c];
/// The darkest text color on a picture: `--lamp` of the stylesheet.
const DIMMEST: [u8; 3] = [0xe0, 0xb6, 0x4f];
/// The opacities of the layer in percent, by level from 1: `.scrim-1` to `.scrim-5` of the stylesheet.
pub const SCRIMS: [u8; 5] = [40, 50, 58, 66, 75];
/// The darkest level, which is sufficient for any picture.
pub const DARKEST: i64 = 5;

/// Returns the lowest level at which text keeps its contrast on every pixel of a picture. Every pixel counts, because
/// the screen determines how a picture is cropped.
pub fn scrim(picture: &RgbImage) -> i64 {
    let limit = brightest_background();
    let tables = SCRIMS.map(table);
    let mut level = 0;
    for pixel in picture.pixels() {
        // A higher level is sufficient for every pixel for which a lower one is, so no pixel has to be checked again.
        while tables.get(level + 1).is_some() && luminance(&tables[level], pixel.0) > limit {
            level += 1;
        }
    }
    i64::try_from(level + 1).unwrap_or(DARKEST)
}

/// Returns the contrast of the darkest text color on a pixel under the layer of a level.
pub fn contrast(level: i64, pixel: [u8; 3]) -> f64 {
    let place = usize::try_from(level - 1).unwrap_or(0).min(SCRIMS.len() - 1);
    (text_luminance() + 0.05) / (luminance(&table(SCRIMS[place]), pixel) + 0.05)
}

/// Returns the maximum luminance of the background of text.
fn brightest_background() -> f64 {
    (text_luminance() + 0.05) / LEAST_CONTRAST - 0.05
}

fn text_luminance() -> f64 {
    luminance(&table(0), DIMMEST)
}

/// The contribution of each value of each channel to the luminance, under a layer of one opacity.
type Table = [[f64; 256]; 3];

fn table(percent: u8) -> Table {
    let opacity = f64::from(percent) / 100.0;
    let mut table = [[0.0; 256]; 3];
    for (channel, (weight, ink)) in [0.2126, 0.7152, 0.0722].into_iter().zip(INK).enumerate() {
        for (value, entry) in table[channel].iter_mut().enumerate() {
            let value = f64::from(u32::try_from(value).unwrap_or(255));
            let mixed = (value * (1.0 - opacity) + f64::from(ink) * opacity) / 255.0;
            let linear = if mixed <= 0.04045 { mixed / 12.92 } else { ((mixed + 0.055) / 1.055).powf(2.4) };
            *entry = weight * linear;
        }
    }
    table
}

/// Returns the relative luminance of a pixel (WCAG 2.2).
fn luminance(table: &Table, [red, green, blue]: [u8; 3]) -> f64 {
    table[0][usize::from(red)] + table[1][usize::from(green)] + table[2][usize::from(blue)]
}

#[cfg(test)]
mod tests {
    use image::Rgb;

    use super::*;

    #[test]
    fn text_keeps_its_contrast_on_any_picture() {
        for (name, pixel, level) in [
            ("white", [255, 255, 255], 5),
            ("snow", [250, 250, 255], 5),
            ("yellow", [255, 255, 0], 5),
            ("dusk", [170, 130, 110], 2),
            ("night", [20, 20, 30], 1),
        ] {
            let found = scrim(&RgbImage::from_pixel(8, 8, Rgb(pixel)));
            assert_eq!(found, level, "{name}");
            assert!(contrast(found, pixel) >= LEAST_CONTRAST, "{name}: {}", contrast(found, pixel));
            assert!(found == 1 || contrast(found - 1, pixel) < LEAST_CONTRAST, "{name} could be brighter");
        }
    }

    /// Checks colors across the whole range in steps of 15: the computed level is sufficient, and the darkest level is
    /// sufficient for all.
    #[test]
    fn every_color_has_enough_contrast_at_its_level() {
        let steps: Vec<u8> = (0..=255).step_by(15).collect();
        for red in &steps {
            for green in &steps {
                for blue in &steps {
                    let pixel = [*red, *green, *blue];
                    let level = scrim(&RgbImage::from_pixel(1, 1, Rgb(pixel)));
                    assert!(contrast(level, pixel) >= LEAST_CONTRAST, "{pixel:?} at {level}");
                    assert!(contrast(DARKEST, pixel) >= LEAST_CONTRAST, "{pixel:?}");
                }
            }
        }
    }

    /// One white window in a dark room determines the level, because text may be placed on it.
    #[test]
    fn one_bright_pixel_determines_the_level() {
        let mut room = RgbImage::from_pixel(64, 64, Rgb([10, 10, 10]));
        assert_eq!(scrim(&room), 1);
        room.put_pixel(40, 50, Rgb([255, 255, 255]));
        assert_eq!(scrim(&room), DARKEST);
    }
}
