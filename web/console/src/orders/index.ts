import OrdersIcon from '@mui/icons-material/ReceiptLong';
import { lazy } from 'react';

export const orders = {
  name: 'orders',
  icon: OrdersIcon,
  list: lazy(() => import('./list.tsx')),
  show: lazy(() => import('./show.tsx')),
  recordRepresentation: 'number',
};
