import type { PlaceOrderInput, PostalBody, PostalInput, Texts } from '@kontor/client';

/** An address as a form has it: every field is a text. */
export interface AddressForm {
  name: string;
  company: string;
  line1: string;
  line2: string;
  postalCode: string;
  city: string;
  region: string;
  country: string;
  phone: string;
}

/** What the buyer has typed and chosen so far. It never has anything about cards. */
export interface Draft {
  email: string;
  /** The id of an address of the account, or '' for the one that is typed. */
  addressId: string;
  shipping: AddressForm;
  /** The account keeps the address that is typed. */
  keepAddress: boolean;
  billingDiffers: boolean;
  /** As `addressId`. */
  billingAddressId: string;
  billing: AddressForm;
  vatNumber: string;
  shippingMethodId: string;
  paymentMethod: string;
  note: string;
}

export const emptyAddress = (country = ''): AddressForm => ({
  name: '',
  company: '',
  line1: '',
  line2: '',
  postalCode: '',
  city: '',
  region: '',
  country,
  phone: '',
});

export const emptyDraft = (country = ''): Draft => ({
  email: '',
  addressId: '',
  shipping: emptyAddress(country),
  keepAddress: false,
  billingDiffers: false,
  billingAddressId: '',
  billing: emptyAddress(country),
  vatNumber: '',
  shippingMethodId: '',
  paymentMethod: '',
  note: '',
});

export const toForm = (postal: PostalBody): AddressForm => ({
  ...postal,
  company: postal.company ?? '',
  line2: postal.line2 ?? '',
  region: postal.region ?? '',
  phone: postal.phone ?? '',
});

export function toPostal(form: AddressForm): PostalInput {
  const text = (value: string) => value.trim() || null;
  return {
    name: form.name.trim(),
    company: text(form.company),
    line1: form.line1.trim(),
    line2: text(form.line2),
    postalCode: form.postalCode.trim(),
    city: form.city.trim(),
    region: text(form.region),
    country: form.country,
    phone: text(form.phone),
  };
}

/** Most people get invoices in the country that they live in. */
export function billingForm({ billing, shipping }: Draft): AddressForm {
  return billing.country ? billing : { ...billing, country: shipping.country };
}

/** A quote names the fields of an address alone, an order as a part of it. */
export function underAddress(refused: Readonly<Record<string, string>>): Record<string, string> {
  const ofAddress = (name: string) => ['country', 'region', 'postalCode'].includes(name);
  const named = ([name, reason]: [string, string]) => [ofAddress(name) ? `shippingAddress.${name}` : name, reason];
  return Object.fromEntries(Object.entries(refused).map(named));
}

/** The order that the draft asks for. `signedIn`: addresses may be those of the account. */
export function toOrder(draft: Draft, total: PlaceOrderInput['expectedTotal'], signedIn: boolean): PlaceOrderInput {
  const saved = signedIn && draft.addressId !== '';
  return {
    ...(signedIn ? {} : { email: draft.email.trim() }),
    ...(saved ? { shippingAddressId: draft.addressId } : { shippingAddress: toPostal(draft.shipping) }),
    ...(draft.billingDiffers ? billingOf(draft, signedIn) : {}),
    ...(draft.vatNumber.trim() ? { vatNumber: draft.vatNumber.trim() } : {}),
    ...(draft.note.trim() ? { note: draft.note.trim() } : {}),
    shippingMethodId: draft.shippingMethodId || null,
    paymentMethod: draft.paymentMethod as PlaceOrderInput['paymentMethod'],
    expectedTotal: total ?? null,
  };
}

function billingOf(draft: Draft, signedIn: boolean): Pick<PlaceOrderInput, 'billingAddress' | 'billingAddressId'> {
  if (signedIn && draft.billingAddressId !== '') return { billingAddressId: draft.billingAddressId };
  return { billingAddress: toPostal(billingForm(draft)) };
}

function read<T>(texts: Texts, key: string): T | null {
  try {
    return JSON.parse(texts.getItem(key) ?? 'null') as T | null;
  } catch {
    return null;
  }
}

function write(texts: Texts, key: string, value: unknown): void {
  if (value === null) texts.removeItem(key);
  else texts.setItem(key, JSON.stringify(value));
}

const DRAFT = 'checkout';
const ATTEMPT = 'checkout-attempt';

export const readDraft = (texts: Texts): Draft | null => {
  const kept = read<Partial<Draft>>(texts, DRAFT);
  if (!kept) return null;
  // An earlier version of these pages kept fewer fields.
  const { shipping, billing } = kept;
  return {
    ...emptyDraft(),
    ...kept,
    shipping: { ...emptyAddress(), ...shipping },
    billing: { ...emptyAddress(), ...billing },
  };
};
export const writeDraft = (texts: Texts, draft: Draft | null): void => write(texts, DRAFT, draft);

/**
 * An order that was sent. It is kept until there is an answer, so that it is sent again with the same key: if the first
 * one arrived and only its answer was lost, the shop answers with the same order, and nothing is bought twice.
 */
export interface Attempt {
  key: string;
  order: PlaceOrderInput;
}

export const readAttempt = (texts: Texts): Attempt | null => read<Attempt>(texts, ATTEMPT);
export const writeAttempt = (texts: Texts, attempt: Attempt | null): void => write(texts, ATTEMPT, attempt);
