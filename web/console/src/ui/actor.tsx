import { useGetIdentity, useGetOne } from 'react-admin';
import { Link } from 'react-router';

import { useMay } from '../session/auth.ts';
import { WHOLE } from './whole.ts';

/** Who did something: a user, a key of a server, or the shop by itself. */
export function Actor({ id }: { id: string | null | undefined }) {
  const { identity } = useGetIdentity();
  if (!id) return <>the shop</>;
  if (id === identity?.id) return <>you</>;
  return id.startsWith('usr_') ? <Link to={`/customers/${id}/show`}>{id}</Link> : id;
}

/** The same by name. It reads the user, which the audit trail notes, so it is not for lists. */
export function NamedActor({ id }: { id: string | null | undefined }) {
  const isUser = id?.startsWith('usr_') ?? false;
  const maySee = useMay('users:read');
  const { data } = useGetOne('customers', { id: id ?? '', meta: WHOLE }, { enabled: isUser && maySee });
  return data ? <Link to={`/customers/${id}/show`}>{data['name']}</Link> : <Actor id={id} />;
}
