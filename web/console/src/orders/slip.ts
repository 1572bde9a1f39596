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

/** Downloads the packing slips of the orders that can be sent now, as one file to print. */
export async function saveSlips(orders: string[]) {
  const file = await getFile('/api/v1/admin/orders/packing-slips', { query: { ids: orders.join(',') } });
  saveFile(file, 'packing-slips.pdf');
}
