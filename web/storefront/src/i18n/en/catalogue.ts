/** Home, lists, search and products. */
export default {
  'search.label': 'Search the shop',
  'stock.in': 'In stock',
  'stock.low': 'Only a few left',
  'stock.out': 'Sold out',
  'stock.backorder': 'Can be ordered',
  'stock.preorder': 'Can be preordered',
} as const;
