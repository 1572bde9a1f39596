import Icon from '@mui/icons-material/Warehouse';
import { lazy } from 'react';

export const stock = {
  name: 'stock',
  icon: Icon,
  options: { label: 'Stock' },
  list: lazy(() => import('./list.tsx')),
  edit: lazy(() => import('./edit.tsx')),
  recordRepresentation: 'sku',
};
