import { useQuery } from '@tanstack/react-query';
import { useGetIdentity } from 'react-admin';
import { Link } from 'react-router';

import { useMay } from '../session/auth.ts';
import { kontor } from '../shop.ts';

/** The audit trail notes whenever a user is read, so each is read once while the console is open. */
const names = new Map<string, Promise<string>>();

function nameOf(id: string): Promise<string> {
  const known = names.get(id);
  if (known) return known;
  const name = kontor.GET('/api/v1/users/{id}', { params: { path: { id } } }).then(({ data }) => data.name);
  names.set(id, name);
  // An account that is gone has no name; anything else may pass.
  name.catch(() => names.delete(id));
  return name;
}

/** Who did something: a user, a key of a server, or the shop by itself. */
export function Actor({ id }: { id: string | null | undefined }) {
  const { identity } = useGetIdentity();
  if (!id || id === 'shop') return <>the shop</>;
  if (id === identity?.id) return <>you</>;
  return id.startsWith('usr_') ? <Person id={id} /> : id;
}

function Person({ id }: { id: string }) {
  const enabled = useMay('users:read');
  const { data: name } = useQuery({ queryKey: ['names', id], queryFn: () => nameOf(id), enabled });
  return <Link to={`/customers/${id}/show`}>{name ?? id}</Link>;
}
