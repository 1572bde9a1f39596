import type { OrderSummaryBody } from '@kontor/client';
import { useEffect } from 'react';
import { type ListParams, useDataProvider, useListContext, useNotify, useStore } from 'react-admin';
import { useNavigate } from 'react-router';

import { messageOf } from '../data/errors.ts';
import { keepQueue, keptQueue, newQueue, step } from './queue.ts';

/** Keeps the orders that a list shows, for the pages that are opened from it. */
export function KeptQueue() {
  const { data, page, perPage, sort, filterValues, hasNextPage } = useListContext<OrderSummaryBody>();
  useEffect(() => {
    if (data)
      keepQueue({
        ids: data.map(({ id }) => id),
        first: page,
        last: page,
        isEnd: !hasNextPage,
        filter: filterValues,
        sort,
        perPage,
      });
  }, [data, page, perPage, sort, filterValues, hasNextPage]);
  return null;
}

/** Goes to the orders before and after one in the list from which it was opened, or in the last one of this device. */
export function useQueue(id: string) {
  const navigate = useNavigate();
  const notify = useNotify();
  const provider = useDataProvider();
  const [{ filter, sort: field, order, perPage }] = useStore<ListParams>('orders.listParams', LAST);

  async function read(page: number) {
    const { filter, sort, perPage } = keptQueue() ?? how;
    const list = await provider.getList<OrderSummaryBody>('orders', { filter, sort, pagination: { page, perPage } });
    return { ids: list.data.map((one) => one.id), isEnd: !hasNext(list, page * perPage) };
  }

  const how = { filter, sort: { field, order: order as 'ASC' | 'DESC' }, perPage };
  const go = (by: 1 | -1) => async () => {
    try {
      const to = await step(keptQueue() ?? newQueue(how), id, by, read);
      keepQueue(to.queue);
      if (to.id) navigate(`/orders/${to.id}/show`);
      else notify(by === 1 ? 'This is the last order of the list.' : 'This is the first order of the list.');
    } catch (error) {
      notify(messageOf(error), { type: 'error' });
    }
  };
  return { previous: go(-1), next: go(1) };
}

/** The list when it was never opened. */
const LAST: ListParams = { filter: {}, sort: 'createdAt', order: 'DESC', page: 1, perPage: 25, displayedFilters: {} };

const hasNext = ({ total, pageInfo }: { total?: number; pageInfo?: { hasNextPage?: boolean } }, shown: number) =>
  pageInfo?.hasNextPage ?? (total ?? 0) > shown;
