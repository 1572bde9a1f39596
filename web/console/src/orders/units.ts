/** The units of each line that a form has. */
export type Units = Record<string, number | null>;

/** Those of each line, without those that are none. */
export const unitsOf = (units: Units) =>
  Object.entries(units).flatMap(([id, quantity]) => (quantity ? [{ id, quantity }] : []));

/** Where the form shows a refused item, by its place among those that were sent. */
export const placeOfUnits = (field: string, units: Units) =>
  field.replace(/^items\.(\d+)\.(id|sku|quantity)$/, (same, index) => {
    const sent = unitsOf(units)[index];
    return sent ? `units.${sent.id}` : same;
  });
