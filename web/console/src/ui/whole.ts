/**
 * react-admin shows what a list knows of a record until it is read. Lists of this shop have less than the record, and not
 * its version, so a record that is read whole is kept apart from them.
 */
export const WHOLE = { whole: true };
