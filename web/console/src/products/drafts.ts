import type { ImageBody } from '@kontor/client';

export type Shown = Pick<ImageBody, 'id' | 'alt' | 'shows' | 'urls'>;
type Texts = Pick<Shown, 'alt' | 'shows'>;

/** What is not saved yet of the pictures of a product. */
export interface Drafts {
  /** Their ids, if they were moved. */
  order: string[];
  /** What was changed of a picture, and how it was before. */
  edits: Record<string, { was: Texts; to: Partial<Texts> }>;
}

export const NO_DRAFTS: Drafts = { order: [], edits: {} };

/** The pictures that a product has now, with what is not saved yet. New ones are the last. */
export function withDrafts(images: readonly Shown[], { order, edits }: Drafts): Shown[] {
  const place = ({ id }: Shown) => (order.includes(id) ? order.indexOf(id) : order.length);
  const sorted = images.toSorted((a, b) => place(a) - place(b));
  return sorted.map((image) => ({ ...image, ...edits[image.id]?.to }));
}

export function edited({ order, edits }: Drafts, image: Shown, to: Partial<Texts>): Drafts {
  const before = edits[image.id];
  const edit = { was: before?.was ?? image, to: { ...before?.to, ...to } };
  return { order, edits: { ...edits, [image.id]: edit } };
}

/** Whether somebody else changed what was changed here, too. `image` is as it is now. */
export function isOvertaken({ edits }: Drafts, image: Shown, field: keyof Texts): boolean {
  const { was, to } = edits[image.id] ?? { was: image, to: {} };
  const text = (of: Partial<Texts>) => JSON.stringify(of[field]);
  return field in to && text(image) !== text(was) && text(image) !== text(to);
}
