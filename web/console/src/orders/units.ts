/** The units of each line that a form has. */
export type Units = Record<string, number | null>;

/** Those of each line, without those that are none. */
export const unitsOf = (units: Units) =>
  Object.entries(units).flatMap(([id, quantity]) => (quantity ? [{ id, quantity }] : []));

/** Where the form shows a refused item, by its place among those that were sent, or by its id. */
export const placeOfUnits = (field: string, units: Units) =>
  field.replace(/^items\.(\w+)(\.(id|sku|quantity))?$/, (same, item) => {
    const id = /^\d+$/.test(item) ? unitsOf(units)[item]?.id : item;
    return id in units ? `units.${id}` : same;
  });

/** The same for a form that has the units of these lines one after the other. */
export const placeOfLine = (field: string, lines: { id: string }[], at: (index: number) => string) =>
  field.replace(/^items\.(\w+)$/, (same, id) => {
    const index = lines.findIndex((line) => line.id === id);
    return index === -1 ? same : at(index);
  });
