import Icon from '@mui/icons-material/Shuffle';
import { lazy } from 'react';

export const synonyms = {
  name: 'synonyms',
  icon: Icon,
  options: { label: 'Synonyms' },
  list: lazy(() => import('./list.tsx')),
  edit: lazy(() => import('./edit.tsx')),
  create: lazy(() => import('./create.tsx')),
  recordRepresentation: 'id',
};
