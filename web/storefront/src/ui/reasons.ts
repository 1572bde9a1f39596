import { t } from '../i18n/index.ts';

const PASSWORD = [
  [/neighbours/, 'neighbours'],
  [/repeats/, 'repeats'],
  [/many people/, 'common'],
  [/sequence/, 'sequence'],
  [/a year/, 'date'],
  [/single word/, 'word'],
  [/it is a name/, 'person'],
  [/some words more/, 'more'],
] as const;

const REASONS = [
  [/^(is required|must not be empty)/, 'reason.required'],
  [/control or direction/, 'reason.letters'],
  [/a web or mail address/, 'reason.noAddress'],
  [/^must be a name/, 'reason.name'],
  [/email address/, 'reason.email'],
  [/telephone number/, 'reason.phone'],
  [/^must be a VAT number/, 'reason.vatNumber'],
  [/known to the authority/, 'reason.vatUnknown'],
  [/country/, 'reason.country'],
  [/3 to 40 characters/, 'reason.coupon'],
  [/^has another price now/, 'reason.otherPrice'],
  [/^is not on sale as a variant/, 'reason.notSold'],
  [/^must be another variant/, 'reason.sameVariant'],
  [/^must not be below minPrice/, 'reason.priceRange'],
  [/easy to guess/, 'reason.password'],
] as const;

/** Our words for the reason that the shop gave for a field, in the language of the page; undefined for rare ones. */
export function reasonText(reason: string): string | undefined {
  const length = /^must have at (most|least) (\d+) characters/.exec(reason);
  if (length) return t(length[1] === 'most' ? 'reason.tooLong' : 'reason.tooShort', { number: length[2] ?? '' });
  const units = /^must be between 1 and (\d+), the units/.exec(reason);
  if (units) return t('reason.units', { number: units[1] ?? '' });
  const key = REASONS.find(([pattern]) => pattern.test(reason))?.[1];
  if (key !== 'reason.password') return key && t(key);
  const why = PASSWORD.find(([pattern]) => pattern.test(reason))?.[1];
  return t(why ? `reason.password.${why}` : key);
}

/** Why a filter or the page of a list was refused: always in the language of the page. */
export function filterReason(name: string, reason: string): string {
  return reasonText(reason) ?? t(name === 'page' ? 'list.noSuchPage' : 'list.refused');
}
