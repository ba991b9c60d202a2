//! A sentence in Chinese and in English. What is wrong with a workbook is said by those who read it, deep inside; who will
//! read it is known only at the screen (a county clerk, Chinese) or the command line (a contract, English). So both are made
//! where the fault is found, by [`told!`](crate::told!), which takes no English without its Chinese. May not live here: any sentence.

use std::fmt;

use serde::{Serialize, Serializer};

/// One sentence, both languages, with its parameters in it. Made by [`told!`](crate::told!); shown (`Display`) and written
/// as JSON in English, the language of the command line.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash)]
pub struct Told {
    en: String,
    zh: String,
}

impl Told {
    /// For [`told!`](crate::told!) and for what was kept; nothing else, so that no sentence has one language only
    /// (`tests/words.rs`).
    #[doc(hidden)]
    pub fn both(en: impl Into<String>, zh: impl Into<String>) -> Self {
        Self { en: en.into(), zh: zh.into() }
    }

    /// In English.
    pub fn en(&self) -> &str {
        &self.en
    }

    /// In Chinese.
    pub fn zh(&self) -> &str {
        &self.zh
    }
}

impl fmt::Display for Told {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.en)
    }
}

impl Serialize for Told {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(&self.en)
    }
}

/// What may stand inside a sentence: a name, a number, or a sentence of its own, each in the language around it.
pub trait Part {
    /// Inside English.
    fn part_en(&self) -> String;
    /// Inside Chinese.
    fn part_zh(&self) -> String;
}

impl Part for Told {
    fn part_en(&self) -> String {
        self.en.clone()
    }

    fn part_zh(&self) -> String {
        self.zh.clone()
    }
}

impl<T: Part + ?Sized> Part for &T {
    fn part_en(&self) -> String {
        (*self).part_en()
    }

    fn part_zh(&self) -> String {
        (*self).part_zh()
    }
}

macro_rules! same_in_both {
    ($($kind:ty),+) => {$(
        impl Part for $kind {
            fn part_en(&self) -> String {
                self.to_string()
            }

            fn part_zh(&self) -> String {
                self.to_string()
            }
        }
    )+};
}

same_in_both!(str, String, std::borrow::Cow<'_, str>, char, usize, u32, u64);

/// Why a file cannot be read or written.
pub fn why(kind: std::io::ErrorKind) -> Told {
    match kind {
        std::io::ErrorKind::NotFound => crate::told!("it is not there", "找不到"),
        std::io::ErrorKind::PermissionDenied => crate::told!("no permission", "没有权限"),
        std::io::ErrorKind::AlreadyExists => crate::told!("it is there already", "已经存在"),
        std::io::ErrorKind::StorageFull => crate::told!("the disk is full", "存储空间已满"),
        other => Told::both(other.to_string(), "系统读写出错"),
    }
}

/// A sentence in both languages: `told!("the English with {}", "带 {} 的中文", name)`. Each `{}` (or `{0}`, `{1}`) takes a
/// [`Part`]; what stands in one language and not in the other does not compile.
#[macro_export]
macro_rules! told {
    ($en:literal, $zh:literal $(,)?) => {
        $crate::told::Told::both($en, $zh)
    };
    ($en:literal, $zh:literal, $($part:expr),+ $(,)?) => {
        $crate::told::Told::both(
            format!($en, $($crate::told::Part::part_en(&$part)),+),
            format!($zh, $($crate::told::Part::part_zh(&$part)),+),
        )
    };
}

#[cfg(test)]
mod tests {
    #[test]
    fn a_sentence_holds_its_parts_in_its_own_language() {
        let inner = told!("{} arguments", "{} 个参数", 2_usize);
        let said = told!("{}() takes {}", "{0}() 需要 {1}。", "round", inner);
        assert_eq!((said.en(), said.zh()), ("round() takes 2 arguments", "round() 需要 2 个参数。"));
        assert_eq!(serde_json::to_string(&said).unwrap_or_default(), "\"round() takes 2 arguments\"");
    }
}
