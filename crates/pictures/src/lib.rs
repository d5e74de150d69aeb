//! The photographs and films that a club publishes on its pages. An uploaded photograph is never served as it is: it is
//! decoded and encoded again in several widths and formats, so that nothing but the pixels remains of it. A picture is
//! published in a slot, such as `service/deep-tissue`; the crate derives the slots from the pages and the catalogue.

pub mod artwork;
mod develop;
mod model;
pub mod pages;
mod progress;
mod publish;
mod scrim;
mod serve;
mod shown;
mod slots;
mod store;

pub use develop::{Developed, LEAST_HEIGHT, LEAST_WIDTH, check, develop, is_photograph};
pub use model::{FILM_LIMIT, Focus, Format, Kind, LIMIT, Picture, PictureState, Progress, Upload};
pub use progress::progress;
pub use publish::{Develop, Film, describe, develop_job, is_film, publish_film, take_down, upload};
pub use scrim::{DARKEST, LEAST_CONTRAST, SCRIMS, contrast, scrim};
pub use serve::routes;
pub use shown::{PublishedPictures, list, shown};
