import { isKontorError } from '@kontor/client';
import { language, t, textIfKnown } from '../i18n/index.ts';
import { reasonText } from './reasons.ts';

/** What to tell a person about anything that was thrown: our words for its code, or else the shop's message. */
export function errorText(error: unknown): string {
  // A part of the page itself could not be loaded, or has a mistake.
  if (!isKontorError(error)) return t(navigator.onLine ? 'failed.page' : 'error.network_error');
  return textIfKnown(`error.${error.code}`) ?? error.message;
}

/** The reasons of refused fields by name, such as `shippingAddress.city`: for the `error` of a `Field`. */
export function fieldErrors(error: unknown): Readonly<Record<string, string>> {
  return isKontorError(error) ? error.details : {};
}

/** Aborted requests are of no interest to anybody. */
export function isAbort(error: unknown): boolean {
  return error instanceof DOMException && error.name === 'AbortError';
}

/** Why a field was refused: in our words, or else in the shop's, which end a sentence that begins with the field. */
export function fieldSentence(label: string, message: string): string {
  const known = reasonText(message);
  if (known) return known;
  const sentence = t('field.error', { label, message });
  return language.value === 'en' && !/[.!?]$/.test(sentence) ? `${sentence}.` : sentence;
}
