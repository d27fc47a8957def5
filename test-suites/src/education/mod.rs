//! Education: do customers learn how to use the product securely?

mod back_up;
mod capabilities;
mod disposal;
mod flaw_remediation;
mod malicious_code;
mod responsibilities;

use assay_engine::Test;

/// The tests of this family, in order.
pub const TESTS: &[Test] =
    &[capabilities::TEST, disposal::TEST, responsibilities::TEST, back_up::TEST, malicious_code::TEST, flaw_remediation::TEST];
