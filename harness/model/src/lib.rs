//! The ten words of Assay as types, and its file formats; no input or output.
