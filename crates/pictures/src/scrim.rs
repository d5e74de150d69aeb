//! How dark the ground of text on a photograph must be. A page lays its ground color over the picture where text stands, at
//! one of five opacities; which one is computed from the pixels, so that text keeps its contrast on any photograph, a white
//! one included.

#![allow(clippy::float_arithmetic, reason = "luminance of pixels (WCAG 2.2), never money")]

use image::RgbImage;

/// The least contrast between text and its ground (WCAG 2.2, 1.4.3).
pub const LEAST_CONTRAST: f64 = 4.5;
/// The ground that is laid over the picture: `--ink` of the stylesheet.
const INK: [u8; 3] = [0x0b, 0x0b, 0x0c];
/// The darkest color in which text stands on a picture: `--lamp` of the stylesheet.
const DIMMEST: [u8; 3] = [0xe0, 0xb6, 0x4f];
/// The opacities of the ground in percent, by level from 1: `.scrim-1` to `.scrim-5` of the stylesheet.
pub const SCRIMS: [u8; 5] = [40, 50, 58, 66, 75];
/// The level that is enough on any picture.
pub const DARKEST: i64 = 5;

/// The lowest level at which text keeps its contrast on every pixel of a picture. Every pixel, because how a picture is cut
/// depends on the screen.
pub fn scrim(picture: &RgbImage) -> i64 {
    let limit = brightest_ground();
    let tables = SCRIMS.map(table);
    let mut level = 0;
    for pixel in picture.pixels() {
        // A darker ground suits every pixel that a lighter one suits: none is looked at twice.
        while tables.get(level + 1).is_some() && luminance(&tables[level], pixel.0) > limit {
            level += 1;
        }
    }
    i64::try_from(level + 1).unwrap_or(DARKEST)
}

/// The contrast of the dimmest text on a pixel under the ground of a level.
pub fn contrast(level: i64, pixel: [u8; 3]) -> f64 {
    let place = usize::try_from(level - 1).unwrap_or(0).min(SCRIMS.len() - 1);
    (text_luminance() + 0.05) / (luminance(&table(SCRIMS[place]), pixel) + 0.05)
}

/// The luminance that the ground of text may have at most.
fn brightest_ground() -> f64 {
    (text_luminance() + 0.05) / LEAST_CONTRAST - 0.05
}

fn text_luminance() -> f64 {
    luminance(&table(0), DIMMEST)
}

/// What each value of each channel adds to the luminance, under a ground of this opacity.
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

/// The relative luminance of a pixel (WCAG 2.2).
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

    /// Every color there is, in steps: the level is enough, and the darkest is enough for all.
    #[test]
    fn every_color_is_dark_enough_at_its_level() {
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

    /// One white window in a dark room counts: text may stand on it.
    #[test]
    fn one_bright_pixel_counts() {
        let mut room = RgbImage::from_pixel(64, 64, Rgb([10, 10, 10]));
        assert_eq!(scrim(&room), 1);
        room.put_pixel(40, 50, Rgb([255, 255, 255]));
        assert_eq!(scrim(&room), DARKEST);
    }
}
