import type { TermBody } from '@kontor/client';
import { computed, signal } from '@preact/signals';
import { kontor } from '../shop.ts';
import { once } from './once.ts';

/** All categories, each one after its parent. Empty until they are there. */
export const categories = signal<TermBody[]>([]);
export const topCategories = computed(() => categories.value.filter(({ parentId }) => parentId === null));

/** The menu, and the pages of categories, need the names. */
export const loadCategories = once(askForCategories);

async function askForCategories(): Promise<TermBody[]> {
  const { data } = await kontor.GET('/api/v1/categories');
  categories.value = data;
  return data;
}

/** All categories, with the one of this slug or id even if it was made after they were loaded. */
export async function categoriesWith(name: string): Promise<TermBody[]> {
  const known = await loadCategories().then(() => categories.value);
  return categoryNamed(name, known) ? known : askForCategories();
}

export const categoryNamed = (name: string, all: TermBody[]): TermBody | undefined =>
  all.find(({ slug, id }) => slug === name || id === name);

/** The way to a category: those above it from the top, and then itself. */
export function pathTo(category: TermBody, all: TermBody[]): TermBody[] {
  const parent = all.find(({ id }) => id === category.parentId);
  return parent ? [...pathTo(parent, all), category] : [category];
}
