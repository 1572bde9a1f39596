import type { User } from '@kontor/client';

/** The shop says what the role of whoever is signed in allows. */
export type Permission = User['permissions'][number];

/**
 * What is needed to see a resource, and to change it. The pages of a product and of a stock level are for all who see it:
 * they hide what a role may not change.
 */
const NEEDS: Record<string, { see: Permission; change?: Permission; edit?: Permission }> = {
  orders: { see: 'orders:read-all', change: 'orders:write' },
  returns: { see: 'returns:write' },
  coupons: { see: 'coupons:read', change: 'coupons:write' },
  customers: { see: 'users:read', change: 'users:write' },
  products: { see: 'products:read', change: 'products:write', edit: 'products:read' },
  categories: { see: 'products:read', change: 'products:write' },
  brands: { see: 'products:read', change: 'products:write' },
  stock: { see: 'inventory:read', change: 'inventory:write', edit: 'inventory:read' },
  reviews: { see: 'reviews:moderate' },
  synonyms: { see: 'products:read', change: 'products:write' },
  rules: { see: 'products:read', change: 'products:write' },
  searches: { see: 'products:read' },
  shipping: { see: 'shipping:read', change: 'shipping:write' },
  webhooks: { see: 'webhooks:write', change: 'webhooks:write' },
  keys: { see: 'api-keys:write', change: 'api-keys:write' },
  audit: { see: 'audit:read' },
};

const SEEING = ['list', 'show', 'read'];

/** Whether these permissions are enough to do something with a resource. */
export function mayUse(permissions: readonly Permission[], resource: string, action: string): boolean {
  const needs = NEEDS[resource];
  if (!needs) return true;
  const change = action === 'edit' ? (needs.edit ?? needs.change) : needs.change;
  const needed = SEEING.includes(action) ? needs.see : change;
  return needed !== undefined && permissions.includes(needed);
}
