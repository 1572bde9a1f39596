//! A list of entries in as many files as it needs. Only the file that is being made is in memory.

use crate::files::{FilesError, PageFiles};
use crate::xml;

/// How much one file may have.
#[derive(Debug, Clone, Copy)]
pub struct Limits {
    pub entries: usize,
    pub bytes: usize,
}

impl Default for Limits {
    /// What the protocol of sitemaps allows. Feeds may be larger, but not all programs read larger ones.
    fn default() -> Self {
        Self { entries: 50_000, bytes: 50_000_000 }
    }
}

/// What the files of a list look like.
#[derive(Debug, Clone)]
pub(crate) struct Form {
    /// The name of the file with this number, from 1 on.
    pub(crate) name: fn(usize) -> String,
    pub(crate) head: String,
    pub(crate) foot: &'static str,
}

#[derive(Debug)]
pub(crate) struct Parts<'a> {
    files: &'a PageFiles,
    form: Form,
    limits: Limits,
    text: String,
    entries: usize,
    written: Vec<String>,
}

impl<'a> Parts<'a> {
    pub(crate) fn new(files: &'a PageFiles, form: Form, limits: Limits) -> Self {
        let text = form.head.clone();
        Self { files, form, limits, text, entries: 0, written: Vec::new() }
    }

    pub(crate) async fn add(&mut self, entry: &str) -> Result<(), FilesError> {
        let bytes = self.text.len() + entry.len() + self.form.foot.len();
        if self.entries > 0 && (self.entries >= self.limits.entries || bytes > self.limits.bytes) {
            self.write().await?;
        }
        self.text.push_str(entry);
        self.entries += 1;
        Ok(())
    }

    /// Writes the rest, and removes the files that a longer list left. Returns the names of all. There is always a first
    /// one.
    pub(crate) async fn finish(mut self) -> Result<Vec<String>, FilesError> {
        if self.entries > 0 || self.written.is_empty() {
            self.write().await?;
        }
        for number in self.written.len() + 1.. {
            let left = (self.form.name)(number);
            if !self.files.exists(&left).await? {
                break;
            }
            self.files.remove(&left).await?;
        }
        Ok(self.written)
    }

    async fn write(&mut self) -> Result<(), FilesError> {
        let name = (self.form.name)(self.written.len() + 1);
        let mut text = std::mem::replace(&mut self.text, self.form.head.clone());
        text.push_str(self.form.foot);
        self.files.write(&name, xml::TYPE, text).await?;
        self.written.push(name);
        self.entries = 0;
        Ok(())
    }
}
