import type { ApiKeyInput } from '@kontor/client';

type KeyPermission = ApiKeyInput['permissions'][number];

// A record, so that a permission that the API gets or loses does not compile until it is here too.
const NAMES: Record<KeyPermission, string> = {
  'orders:read-all': 'See orders',
  'orders:write': 'Change orders',
  'payments:refund': 'Refund',
  'returns:write': 'Work off returns',
  'products:read': 'See all products',
  'products:write': 'Change products',
  'inventory:read': 'See stock',
  'inventory:write': 'Change stock',
  'coupons:read': 'See coupons',
  'coupons:write': 'Change coupons',
  'users:read': 'See customers',
  'reviews:moderate': 'Moderate reviews',
  'shipping:read': 'See shipping methods',
  'shipping:write': 'Change shipping methods',
  'stats:read': 'See the figures',
};

export const permissionName = (permission: KeyPermission) => NAMES[permission];

export const KEY_PERMISSIONS = Object.entries(NAMES).map(([id, name]) => ({ id, name }));
