import type { StaffUserBody } from '@kontor/client';
import { useGetIdentity } from 'react-admin';

const ROLES: StaffUserBody['role'][] = ['customer', 'support', 'admin'];

/** Staff ban, and sign out, only users of a lower role. Nobody changes their own role. */
export function useRank(user: Pick<StaffUserBody, 'id' | 'role'> | undefined) {
  const { identity } = useGetIdentity();
  const isKnown = user !== undefined && identity !== undefined;
  return {
    isOther: isKnown && identity.id !== user.id,
    isLower: isKnown && ROLES.indexOf(identity['role']) > ROLES.indexOf(user.role),
  };
}
