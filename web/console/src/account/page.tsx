import { LinearProgress } from '@mui/material';
import { useQuery } from '@tanstack/react-query';
import { Title } from 'react-admin';

import { messageOf } from '../data/errors.ts';
import { kontor } from '../shop.ts';
import { Columns, Fact, Problem, Section } from '../ui/page.tsx';
import { words } from '../ui/words.ts';
import { Notices } from './notices.tsx';
import { Sessions } from './sessions.tsx';
import { TwoFactor } from './two-factor.tsx';

/** The account of whoever is signed in. */
export default function AccountPage() {
  const { data: user, error } = useQuery({
    queryKey: ['account'],
    queryFn: async () => (await kontor.GET('/api/v1/users/me')).data,
  });
  return (
    <>
      <Title title="My account" />
      {error && <Problem>{messageOf(error)}</Problem>}
      {!user && !error && <LinearProgress aria-label="Reading the account" />}
      {user && (
        <Columns wide={<Sessions />}>
          <Section title={user.name}>
            <Fact name="Email">{user.email}</Fact>
            <Fact name="Role">{words(user.role)}</Fact>
          </Section>
          <TwoFactor isOn={user.twoFactorEnabled} />
          {user.notices && <Notices of={user.notices} />}
        </Columns>
      )}
    </>
  );
}
