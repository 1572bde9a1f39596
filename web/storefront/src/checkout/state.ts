import { effect, signal } from '@preact/signals';
import { ofTab } from '../storage.ts';
import { type Draft, emptyDraft, readDraft, writeAttempt, writeDraft } from './draft.ts';

/** What the buyer has typed, for all pages of this tab. It is still there after a reload or a sign-in. */
export const draft = signal<Draft>(readDraft(ofTab) ?? emptyDraft());

effect(() => writeDraft(ofTab, draft.value));

export function changeDraft(change: Partial<Draft>): void {
  draft.value = { ...draft.value, ...change };
}

/** Also an order without an answer, which has the same address. */
export function forgetDraft(): void {
  writeAttempt(ofTab, null);
  draft.value = emptyDraft();
}

/** Another country has other regions. */
export function chooseCountry(country: string): void {
  const region = country === draft.value.shipping.country ? draft.value.shipping.region : '';
  changeDraft({ shipping: { ...draft.value.shipping, country, region } });
}

export function chooseRegion(region: string): void {
  changeDraft({ shipping: { ...draft.value.shipping, region } });
}
