import { Alert, Box, Card, CardContent, Stack, Typography } from '@mui/material';
import { type ReactNode, useId } from 'react';

/** A part of a page, with its heading and its buttons. */
export function Section({ title, actions, children }: { title: string; actions?: ReactNode; children: ReactNode }) {
  const heading = useId();
  return (
    <Card component="section" aria-labelledby={heading} variant="outlined">
      <CardContent>
        <Stack direction="row" spacing={1} useFlexGap sx={{ alignItems: 'center', flexWrap: 'wrap', mb: 1 }}>
          <Typography id={heading} variant="h6" component="h2" sx={{ flex: 1 }}>
            {title}
          </Typography>
          {actions}
        </Stack>
        {children}
      </CardContent>
    </Card>
  );
}

/** What belongs to a name has as much place as it needs, if the words of the name fit beside it. */
const FACT = {
  display: 'grid',
  gridTemplateColumns: 'minmax(min-content, 1fr) minmax(0, auto)',
  columnGap: 2,
  py: 0.25,
};

/** A name and what belongs to it. */
export function Fact({ name, children }: { name: string; children: ReactNode }) {
  return (
    <Box sx={FACT}>
      <Typography variant="body2" color="textSecondary">
        {name}
      </Typography>
      <Typography variant="body2" component="div" sx={{ textAlign: 'right', overflowWrap: 'anywhere' }}>
        {children}
      </Typography>
    </Box>
  );
}

export function Nothing({ children }: { children: ReactNode }) {
  return (
    <Typography variant="body2" color="textSecondary">
      {children}
    </Typography>
  );
}

export function Problem({ children }: { children: ReactNode }) {
  return (
    <Alert severity="error" role="alert">
      {children}
    </Alert>
  );
}

/** Two columns on wide screens, one on narrow ones. */
export function Columns({ children, wide }: { children: ReactNode; wide: ReactNode }) {
  return (
    <Stack direction={{ xs: 'column', lg: 'row' }} spacing={2} sx={{ mt: 1, alignItems: 'stretch' }}>
      <Stack spacing={2} sx={{ flex: 2, minWidth: 0 }}>
        {wide}
      </Stack>
      <Stack spacing={2} sx={{ flex: 1, minWidth: 0 }}>
        {children}
      </Stack>
    </Stack>
  );
}

/** An address or an id in a table. It breaks, so that all columns are seen. */
export function Long({ children }: { children: ReactNode }) {
  return (
    <Box component="span" sx={{ display: 'inline-block', minWidth: 185, overflowWrap: 'anywhere' }}>
      {children}
    </Box>
  );
}
