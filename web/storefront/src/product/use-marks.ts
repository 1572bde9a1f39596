import type { ReviewBody } from '@kontor/client';
import { useEffect, useState } from 'preact/hooks';
import { kontor } from '../shop.ts';
import { user } from '../state/user.ts';

/** The API answers for so many at once. */
const AT_ONCE = 100;

/** Which of these reviews whoever is signed in found helpful. The list of reviews is the same for everybody. */
export function useMarks(reviews: ReviewBody[]) {
  const [marks, setMarks] = useState<ReadonlyMap<string, boolean>>(new Map());
  const person = user.value?.id;
  const unknown = reviews.filter(({ id }) => !marks.has(id)).slice(0, AT_ONCE);
  const ids = unknown.map(({ id }) => id).join();
  useEffect(() => setMarks(new Map()), [person]);
  useEffect(() => {
    if (!person || ids === '') return;
    const leaving = new AbortController();
    kontor
      .GET('/api/v1/reviews/helpful', { params: { query: { ids } }, signal: leaving.signal })
      .then(({ data }) => {
        const found = ids.split(',').map((id) => [id, data.includes(id)] as const);
        // What was pressed meanwhile is newer.
        setMarks((now) => new Map([...found, ...now]));
      })
      .catch(() => {});
    return () => leaving.abort();
  }, [person, ids]);
  return {
    has: (id: string) => marks.get(id) ?? false,
    set: (id: string, marked: boolean) => setMarks((now) => new Map(now).set(id, marked)),
  };
}
