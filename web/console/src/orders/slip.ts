import { getFile, openFile } from '../file.ts';
import { useAction } from '../ui/action.tsx';

/** Opens the packing slip of a parcel, or of all that is still to be sent. */
export function useSlip(id: string, parcel?: string) {
  const params = { path: { id }, ...(parcel && { query: { parcel } }) };
  return useAction(async () => openFile(await getFile('/api/v1/admin/orders/{id}/packing-slip', params)));
}
