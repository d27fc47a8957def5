//! The tests of Assay, its catalogs, baselines and policies.
