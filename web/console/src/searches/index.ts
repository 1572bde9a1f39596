import Icon from '@mui/icons-material/SearchOff';
import { lazy } from 'react';

export const searches = {
  name: 'searches',
  icon: Icon,
  options: { label: 'Without results' },
  list: lazy(() => import('./list.tsx')),
  recordRepresentation: 'words',
};
