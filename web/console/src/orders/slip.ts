import { inParts } from '../data/resources.ts';
import { getFile, saveFile } from '../file.ts';
import { useAction } from '../ui/action.tsx';

/** Downloads the packing slip of a parcel, or of all that is still to be sent. */
export function useSlip({ id, number }: { id: string; number: string }, parcel?: string) {
  const params = { path: { id }, ...(parcel && { query: { parcel } }) };
  return useAction(
    async () => saveFile(await getFile('/api/v1/admin/orders/{id}/packing-slip', params), `packing-slip-${number}.pdf`),
    { done: 'The packing slip was downloaded.' },
  );
}

/** Downloads the packing slips of orders, for all of each that is still to be sent: a file of at most fifty, to print at once. */
export function useSlips() {
  return useAction(
    async (orders: string[]) => {
      for (const part of inParts(orders, 50)) {
        const file = await getFile('/api/v1/admin/orders/packing-slips', { query: { ids: part.join(',') } });
        saveFile(file, 'packing-slips.pdf');
      }
    },
    { done: 'The packing slips of what is still to be sent were downloaded.' },
  );
}
