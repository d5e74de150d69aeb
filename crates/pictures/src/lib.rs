//! The photographs and films that a club hangs in its own pages. What comes is never shown as it came: it is taken
//! apart and made anew in several widths and formats, so that nothing but the picture is left of it. A picture hangs at a
//! spot, such as `service/deep-tissue`; which spots there are, pages know.

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
pub use shown::{Shown, list, shown};
