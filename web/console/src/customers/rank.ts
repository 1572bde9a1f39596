import type { StaffUserBody } from '@kontor/client';
import { useGetIdentity } from 'react-admin';

const ROLES: StaffUserBody['role'][] = ['customer', 'support', 'admin'];

/** Staff ban, and sign out, only users of a lower role, and end no ban by a higher one. Nobody changes their own role. */
export function useRank(user: Pick<StaffUserBody, 'id' | 'role' | 'ban'> | undefined) {
  const { identity } = useGetIdentity();
  const isKnown = user !== undefined && identity !== undefined;
  const own = ROLES.indexOf(identity?.['role']);
  const isLower = isKnown && own > ROLES.indexOf(user.role);
  return {
    isOther: isKnown && identity.id !== user.id,
    isLower,
    mayEndBan: isLower && own >= ROLES.indexOf(user.ban?.byRole ?? 'customer'),
  };
}
