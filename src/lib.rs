//! Detection rules as code for AWS CloudTrail.
