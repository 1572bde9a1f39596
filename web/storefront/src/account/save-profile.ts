import type { ProfileInput } from '@kontor/client';
import { kontor } from '../shop.ts';
import { setUser } from '../state/user.ts';

/** Changes what is named, and nothing else: so two windows that change different things do not undo each other. */
export async function saveProfile(change: ProfileInput): Promise<void> {
  setUser((await kontor.PATCH('/api/v1/users/me', { body: change })).data);
}
