import type { TermBody } from '@kontor/client';
import { computed, signal } from '@preact/signals';
import { kontor } from '../shop.ts';
import { once } from './once.ts';

/** All categories, each one after its parent. Empty until they are there. */
export const categories = signal<TermBody[]>([]);
export const topCategories = computed(() => categories.value.filter(({ parentId }) => parentId === null));

/** The menu, and the pages of categories, need the names. */
export const loadCategories = once(async () => {
  const { data } = await kontor.GET('/api/v1/categories');
  categories.value = data;
  return data;
});

/** The way to a category: those above it from the top, and then itself. */
export function pathTo(category: TermBody, all: TermBody[]): TermBody[] {
  const parent = all.find(({ id }) => id === category.parentId);
  return parent ? [...pathTo(parent, all), category] : [category];
}
