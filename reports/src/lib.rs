//! Report formats, one file each; functions of a run alone.

pub mod html;
pub mod junit;
mod page;
pub mod sdoc;
mod visible;
mod words;

pub use visible::{visible, visible_line};

/// Why a report was not written.
#[derive(Debug, thiserror::Error)]
pub enum ReportError {
    /// The XML writer failed.
    #[error("the XML could not be written: {0}")]
    Xml(String),
    /// A template asks for what it was not given.
    #[error("the template could not be filled in: {0}")]
    Template(String),
    /// A structure could not be written as JSON.
    #[error("the JSON could not be written: {0}")]
    Json(String),
}
