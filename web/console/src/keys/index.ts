import Icon from '@mui/icons-material/Key';
import { lazy } from 'react';

export const keys = {
  name: 'keys',
  icon: Icon,
  options: { label: 'API keys' },
  list: lazy(() => import('./list.tsx')),
  recordRepresentation: 'name',
};
