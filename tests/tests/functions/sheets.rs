//! Sheets, carried out on a real table with their file at the other end of a wire.
