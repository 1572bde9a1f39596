import type en from '../en/catalogue.ts';

const messages: Record<keyof typeof en, string> = {
  'search.label': 'Im Shop suchen',
  'stock.in': 'Auf Lager',
  'stock.low': 'Nur noch wenige',
  'stock.out': 'Ausverkauft',
  'stock.backorder': 'Bestellbar',
  'stock.preorder': 'Vorbestellbar',
};
export default messages;
