import type { User } from '@kontor/client';
import { signal } from '@preact/signals';
import { t } from '../i18n/index.ts';
import { kontor } from '../shop.ts';
import { toast } from '../ui/toast.tsx';
import { onChangeElsewhere, tellOtherTabs } from './channel.ts';

/** Who is signed in. Null: nobody. Undefined: not known yet, call `loadUser`. */
export const user = signal<User | null | undefined>(undefined);
/** The session was ended by the shop. A page that needs it asks to sign in again. */
export const sessionEnded = signal(false);
let asking: Promise<User | null> | undefined;

export function loadUser(): Promise<User | null> {
  asking ??= ask().finally(() => (asking = undefined));
  return asking;
}

async function ask(): Promise<User | null> {
  const found = (await kontor.isSignedIn()) ? (await kontor.GET('/api/v1/users/me')).data : null;
  user.value = found;
  if (found) sessionEnded.value = false;
  return found;
}

/** After a sign-in, a sign-out or a change of the profile: also in the other tabs. */
export function setUser(now: User | null): void {
  user.value = now;
  sessionEnded.value = false;
  tellOtherTabs('user');
}

onChangeElsewhere('user', () => void loadUser().catch(() => {}));

addEventListener('kontor:session-end', () => {
  sessionEnded.value = true;
  if (user.value !== null) toast(t('session.ended'), { href: '/sign-in', text: t('nav.signIn') });
  user.value = null;
});
