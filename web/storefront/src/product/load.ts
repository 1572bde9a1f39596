import type { ProductBody } from '@kontor/client';
import { kontor } from '../shop.ts';

/** A product by its id or slug; `again` after the shop said that it has changed. */
export async function loadProduct(id: string, signal: AbortSignal, again: boolean): Promise<ProductBody> {
  // With this header browsers do not take their own copy: it may be the one from before the change.
  const header = again ? { 'If-None-Match': '"another"' } : {};
  return (await kontor.GET('/api/v1/products/{id}', { params: { path: { id }, header }, signal })).data;
}
