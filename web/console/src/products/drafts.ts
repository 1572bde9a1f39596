import type { ImageBody } from '@kontor/client';

export type Shown = Pick<ImageBody, 'id' | 'alt' | 'shows' | 'urls'>;

/** The pictures that a product has, in the order and with the texts that are not saved yet. New ones are the last. */
export function withDrafts(images: readonly Shown[], drafts: readonly Shown[]): Shown[] {
  const has = (list: readonly Shown[], id: string) => list.some((image) => image.id === id);
  const kept = drafts.filter(({ id }) => has(images, id));
  return [...kept, ...images.filter(({ id }) => !has(drafts, id))];
}
