import type { ReviewBody } from '@kontor/client';
import { useEffect, useState } from 'preact/hooks';
import { kontor } from '../shop.ts';
import { user } from '../state/user.ts';

/** Which of these reviews whoever is signed in found helpful. The list of reviews is the same for everybody. */
export function useMarks(reviews: ReviewBody[]) {
  const [marks, setMarks] = useState<ReadonlyMap<string, boolean>>(new Map());
  const person = user.value?.id;
  const ids = reviews.map(({ id }) => id).join();
  useEffect(() => setMarks(new Map()), [person]);
  useEffect(() => {
    if (!person || ids === '') return;
    const leaving = new AbortController();
    load(ids.split(','), leaving.signal)
      // What was pressed meanwhile is newer.
      .then((found) => setMarks((now) => new Map([...found, ...now])))
      .catch(() => {});
    return () => leaving.abort();
  }, [person, ids]);
  return {
    has: (id: string) => marks.get(id) ?? false,
    set: (id: string, marked: boolean) => setMarks((now) => new Map(now).set(id, marked)),
  };
}

/** The API answers for so many at once. */
const AT_ONCE = 100;

async function load(ids: string[], signal: AbortSignal): Promise<[string, boolean][]> {
  const parts = Array.from({ length: Math.ceil(ids.length / AT_ONCE) }, (_, n) =>
    ids.slice(n * AT_ONCE, (n + 1) * AT_ONCE),
  );
  const read = async (part: string[]) => {
    const query = { ids: part.join() };
    return (await kontor.GET('/api/v1/reviews/helpful', { params: { query }, signal })).data;
  };
  return (await Promise.all(parts.map(read))).flat().map((id) => [id, true]);
}
