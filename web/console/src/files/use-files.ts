import { useMay } from '../session/auth.ts';

/** Which files this member of staff may import and export. */
export function useFiles() {
  const changesProducts = useMay('products:write');
  const readsStock = useMay('inventory:read');
  const changesStock = useMay('inventory:write');
  const readsOrders = useMay('orders:read-all');
  const imports = { products: changesProducts, stock: changesProducts && changesStock };
  const exports = { products: changesProducts, stock: changesProducts && readsStock, orders: readsOrders };
  return { imports, exports, any: changesProducts || readsOrders };
}
