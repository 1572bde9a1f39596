import Icon from '@mui/icons-material/AssignmentReturn';
import { lazy } from 'react';

export const returns = {
  name: 'returns',
  icon: Icon,
  options: { label: 'Returns' },
  list: lazy(() => import('./list.tsx')),
  recordRepresentation: 'orderNumber',
};
