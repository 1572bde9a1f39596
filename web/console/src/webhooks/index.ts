import Icon from '@mui/icons-material/Webhook';
import { lazy } from 'react';

export const webhooks = {
  name: 'webhooks',
  icon: Icon,
  options: { label: 'Webhooks' },
  list: lazy(() => import('./list.tsx')),
  edit: lazy(() => import('./edit.tsx')),
  recordRepresentation: 'url',
};
