//! From a run to a statement about the product: gaps and what is decided about them, declarations and their refusals,
//! samples for spot checks, comparisons. File formats and pure functions; no input or output.

mod claim;
pub mod comparison;
pub mod coverage;
pub mod declaration;
pub mod gaps;
pub mod issuer;
mod obstacles;
pub mod reasons;
pub mod sample;
pub mod schema;
pub mod spot_check;
pub mod supporting;
