import Icon from '@mui/icons-material/RateReview';
import { lazy } from 'react';

export const reviews = {
  name: 'reviews',
  icon: Icon,
  options: { label: 'Reviews' },
  list: lazy(() => import('./list.tsx')),
  show: lazy(() => import('./show.tsx')),
  recordRepresentation: 'title',
};
