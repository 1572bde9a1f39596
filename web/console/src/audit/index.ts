import Icon from '@mui/icons-material/History';
import { lazy } from 'react';

export const audit = {
  name: 'audit',
  icon: Icon,
  options: { label: 'Audit trail' },
  list: lazy(() => import('./list.tsx')),
  recordRepresentation: 'id',
};
