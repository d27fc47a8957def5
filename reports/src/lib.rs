//! Report formats, one file each; functions of a run alone.
