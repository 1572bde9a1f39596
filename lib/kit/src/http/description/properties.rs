//! What the properties of bodies are for, and what they look like.

use serde_json::Value;

pub(super) fn complete(_document: &mut Value) {}
