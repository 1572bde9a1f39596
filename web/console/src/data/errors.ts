import { isKontorError } from '@kontor/client';
import { HttpError } from 'react-admin';

/** Where a form shows a field of the API, by its dotted name, such as `items.0.quantity`. */
export type Place = (field: string) => string;

/** The refused fields by the names that forms use: `variants[1].price.amount` is at `variants.1.price`. */
export function fieldErrors(
  details: Readonly<Record<string, string>>,
  place: Place = (field) => field,
): Record<string, string> {
  return Object.fromEntries(
    Object.entries(details).map(([field, reason]) => [
      place(field.replace(/\[(\d+)\]/g, '.$1').replace(/\.(amount|currency)$/, '')),
      reason.charAt(0).toUpperCase() + reason.slice(1),
    ]),
  );
}

/** What to tell people of an error: its message, and the fields that a form may not have. */
export function messageOf(error: unknown): string {
  if (!isKontorError(error)) return error instanceof Error ? error.message : String(error);
  const fields = Object.entries(error.details).map(([field, reason]) => `${field} ${reason}`);
  return [error.message, ...fields].join(' ');
}

/** The error in the form in which react-admin shows it at the fields. */
export function toHttpError(error: unknown, place?: Place): unknown {
  if (!isKontorError(error)) return error;
  const errors = fieldErrors(error.details, place);
  const httpError = new HttpError(messageOf(error), error.status, { code: error.code, errors });
  return Object.assign(httpError, { cause: error });
}
