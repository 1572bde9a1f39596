import { isKontorError, type KontorError } from '@kontor/client';
import { HttpError } from 'react-admin';

/** Where a form shows a field of the API, by its dotted name, such as `items.0.quantity`. */
export type Place = (field: string) => string;

/**
 * The refused fields by the names that forms use: `variants[1].price.amount` is at `variants.1.price`. All that is wrong at
 * one place is told there.
 */
export function fieldErrors(
  details: Readonly<Record<string, string>>,
  place: Place = (field) => field,
): Record<string, string> {
  const errors: Record<string, string> = {};
  for (const [name, reason] of Object.entries(details)) {
    const [field, text] = inList(name, reason);
    const at = place(field.replace(/\[(\d+)\]/g, '.$1').replace(/\.(amount|currency)$/, ''));
    errors[at] = [errors[at], text.charAt(0).toUpperCase() + text.slice(1)].filter(Boolean).join('; ');
  }
  return errors;
}

/** Pairs and lists have one input for all of their entries. */
const PAIR = /^(attributes|metadata)\.(.+)$/s;
const ENTRY =
  /^((?:zones\[\d+\]\.)?(?:options|categoryIds|productIds|terms|eventTypes|permissions|countries))\[(\d+)\]$/;

function inList(field: string, reason: string): [string, string] {
  const [, pairs, name] = PAIR.exec(field) ?? [];
  if (pairs) return [pairs, `“${name}” ${reason}`];
  const [, list, index] = ENTRY.exec(field) ?? [];
  return list ? [list, `Entry ${Number(index) + 1} ${reason}`] : [field, reason];
}

/** The refusal of the shop that an error is, or comes from. */
export function refusalOf(error: unknown): KontorError | undefined {
  return [error, (error as { cause?: unknown } | null)?.cause].find((one) => isKontorError(one));
}

/** The refused fields, by the names that the form has, or those of the API. */
export const errorsOf = (error: unknown): Record<string, string> =>
  (error as HttpError | undefined)?.body?.errors ?? fieldErrors(refusalOf(error)?.details ?? {});

/** What was refused at a place, or of a part of it, such as `images.0.shows.value`. Empty: nothing. */
export const refusalAt = (errors: Readonly<Record<string, string>>, place: string): string =>
  Object.keys(errors)
    .filter((name) => `${name}.`.startsWith(`${place}.`))
    .map((name) => errors[name])
    .join('; ');

/** It was asked for on a version that is not the newest any more. */
export const isStale = (error: unknown): boolean => (error as { status?: number }).status === 412;

/** Why it was refused, without the fields: they say it themselves. */
export const reasonOf = (error: unknown): string => refusalOf(error)?.message ?? messageOf(error);

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
