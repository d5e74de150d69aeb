//! What several objects share: enumerations that accept unknown values, and references that may be expanded.

use std::collections::BTreeMap;

use serde::de::DeserializeOwned;
use serde::{Deserialize, Deserializer, Serialize};

/// An object that lists contain.
pub trait Listed: DeserializeOwned {
    /// Returns the id of the object.
    fn id(&self) -> &str;
}

/// Makes objects ones that lists contain.
macro_rules! listed {
    ($object:ident) => {
        impl super::shared::Listed for $object {
            fn id(&self) -> &str {
                &self.id
            }
        }
    };
}

pub(crate) use listed;

/// The query of a request for one object: the references that the response contains as whole objects.
#[derive(Serialize)]
pub(crate) struct Expand {
    pub(crate) expand: &'static [&'static str],
}

/// Texts that the caller stores with an object, by name. Stripe accepts 50 of them, with 40 characters in a name and 500
/// in a text.
pub type Metadata = BTreeMap<String, String>;

/// Declares an enumeration of texts that accepts unknown ones as `Other`.
macro_rules! open_enum {
    ($(#[$doc:meta])* $open:ident { $($variant:ident = $text:literal),+ $(,)? }) => {
        $(#[$doc])*
        #[derive(Debug, Clone, PartialEq, Eq)]
        pub enum $open {
            $(
                #[doc = concat!("`", $text, "`")]
                $variant,
            )+
            /// A value that this client does not know, as Stripe sent it.
            Other(String),
        }

        impl $open {
            /// Returns the text that Stripe uses.
            pub fn as_str(&self) -> &str {
                match self {
                    $($open::$variant => $text,)+
                    $open::Other(text) => text,
                }
            }
        }

        impl From<&str> for $open {
            fn from(text: &str) -> Self {
                match text {
                    $($text => $open::$variant,)+
                    other => $open::Other(other.to_owned()),
                }
            }
        }

        impl Default for $open {
            fn default() -> Self {
                $open::Other(String::new())
            }
        }

        impl serde::Serialize for $open {
            fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                serializer.serialize_str(self.as_str())
            }
        }

        impl<'de> serde::Deserialize<'de> for $open {
            fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                let text = <std::borrow::Cow<'de, str> as serde::Deserialize>::deserialize(deserializer)?;
                Ok($open::from(&*text))
            }
        }
    };
}
pub(crate) use open_enum;

/// A reference to another object: its id, or the whole object if the request asked to expand it.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(untagged)]
pub enum Expandable<T> {
    /// The id of the object.
    Id(String),
    /// The object.
    Object(Box<T>),
}

impl<T> Expandable<T> {
    /// Returns the object, if it was expanded.
    pub fn object(&self) -> Option<&T> {
        match self {
            Expandable::Id(_) => None,
            Expandable::Object(object) => Some(object),
        }
    }
}

impl<T: Listed> Expandable<T> {
    /// Returns the id of the object.
    pub fn id(&self) -> &str {
        match self {
            Expandable::Id(id) => id,
            Expandable::Object(object) => object.id(),
        }
    }
}

/// Reads the id of a reference, whether or not it was expanded.
pub(crate) fn optional_id<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<String>, D::Error> {
    #[derive(Deserialize)]
    struct WithId {
        id: String,
    }
    #[derive(Deserialize)]
    #[serde(untagged)]
    enum Reference {
        Id(String),
        Object(WithId),
    }
    Ok(Option::<Reference>::deserialize(deserializer)?.map(|reference| match reference {
        Reference::Id(id) => id,
        Reference::Object(object) => object.id,
    }))
}

/// Reads a value, and `null` as the default value.
pub(crate) fn or_default<'de, D, T>(deserializer: D) -> Result<T, D::Error>
where
    D: Deserializer<'de>,
    T: Deserialize<'de> + Default,
{
    Ok(Option::<T>::deserialize(deserializer)?.unwrap_or_default())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::DeclineReason;

    #[test]
    fn an_unknown_value_is_kept() {
        let read = |json: &str| serde_json::from_str::<DeclineReason>(json).expect("a text");
        assert_eq!(read("\"lost_card\""), DeclineReason::LostCard);
        assert_eq!(read("\"gr\\u00fcn\""), DeclineReason::Other("grün".to_owned()));
        assert_eq!(serde_json::to_string(&DeclineReason::LostCard).expect("a text"), "\"lost_card\"");
        assert_eq!(serde_json::to_string(&read("\"pink\"")).expect("a text"), "\"pink\"");
    }

    #[test]
    fn a_reference_is_an_id_or_an_object() {
        let read =
            |json: &str| optional_id(&mut serde_json::Deserializer::from_str(json)).expect("a reference");
        assert_eq!(read("\"cus_1\"").as_deref(), Some("cus_1"));
        assert_eq!(read("{\"id\":\"cus_1\",\"deleted\":true}").as_deref(), Some("cus_1"));
        assert_eq!(read("null"), None);
    }
}
