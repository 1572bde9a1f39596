import type { User } from '@kontor/client';
import { type AuthProvider, usePermissions } from 'react-admin';

import { refusalOf } from '../data/errors.ts';
import { kontor } from '../shop.ts';
import { mayUse, type Permission } from './access.ts';

let user: Promise<User> | null = null;

/** Who is signed in, read once for all who ask. */
export function me(): Promise<User> {
  user ??= kontor.GET('/api/v1/users/me').then(
    ({ data }) => data,
    (error) => {
      user = null;
      throw error;
    },
  );
  return user;
}

/** What they may do: nothing before the sign-in, when react-admin asks too. */
async function permissions(): Promise<readonly Permission[]> {
  return (await kontor.isSignedIn()) ? (await me()).permissions : [];
}

/** After a sign-in, or when somebody changed their own account. */
export function setUser(signedIn: User | null) {
  user = signedIn && Promise.resolve(signedIn);
}

export const authProvider: AuthProvider = {
  login: async (signedIn: User) => setUser(signedIn),
  // Only the shop can take the cookie away. If it could not be told, they are still signed in.
  logout: async () => {
    await kontor.signOut();
    setUser(null);
  },
  checkAuth: async () => {
    if (!(await kontor.isSignedIn())) throw new Error('Please sign in.');
  },
  checkError: async (error) => {
    if (refusalOf(error)?.status === 401) throw new Error('The session is over. Please sign in again.');
  },
  getIdentity: async () => {
    const { id, name, role, pictureUrl } = await me();
    return { id, role, fullName: name, avatar: pictureUrl ?? undefined };
  },
  getPermissions: permissions,
  canAccess: async ({ resource, action }) => mayUse(await permissions(), resource, action),
};

/** Whether the member of staff may do this. False until it is known. */
export function useMay(permission: Permission): boolean {
  const { permissions } = usePermissions<readonly Permission[]>();
  return permissions?.includes(permission) ?? false;
}
