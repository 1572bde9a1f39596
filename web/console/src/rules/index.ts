import Icon from '@mui/icons-material/PushPin';
import { lazy } from 'react';

export const rules = {
  name: 'rules',
  icon: Icon,
  options: { label: 'Pinned products' },
  list: lazy(() => import('./list.tsx')),
  edit: lazy(() => import('./edit.tsx')),
  create: lazy(() => import('./create.tsx')),
  recordRepresentation: 'query',
};
