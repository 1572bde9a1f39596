import KeyboardIcon from '@mui/icons-material/Keyboard';
import {
  Button,
  Dialog,
  DialogActions,
  DialogContent,
  DialogTitle,
  IconButton,
  Table,
  TableBody,
  TableCell,
  TableRow,
} from '@mui/material';
import { useState } from 'react';

import { useKeys } from '../ui/keys.ts';

const KEYS: Record<string, [string, string][]> = {
  'In a list': [
    ['j', 'The next row'],
    ['k', 'The row before'],
    ['Enter', 'Open the row'],
  ],
  'On the page of an order': [
    ['j', 'The next order of the list'],
    ['k', 'The order before'],
    ['s', 'Ship'],
    ['r', 'Refund, or record what came back'],
    ['n', 'Write a note'],
    ['p', 'Download the packing slip of what is to be sent'],
    ['c', 'Begin to prepare (the status “processing”)'],
    ['u', 'Back to the list'],
  ],
  Everywhere: [['?', 'This help']],
};

/** The button for the keys, for who has some. */
export function Keys() {
  const [open, setOpen] = useState(false);
  useKeys({ '?': () => setOpen(true) });
  return (
    <>
      <IconButton
        color="inherit"
        aria-label="Keys (?)"
        title="Keys (?)"
        onClick={() => setOpen(true)}
        sx={{ display: { xs: 'none', md: 'inline-flex' } }}
      >
        <KeyboardIcon />
      </IconButton>
      {open && <KeysHelp onClose={() => setOpen(false)} />}
    </>
  );
}

function KeysHelp({ onClose }: { onClose: () => void }) {
  return (
    <Dialog open onClose={onClose} aria-labelledby="keys-title">
      <DialogTitle id="keys-title">Keys</DialogTitle>
      <DialogContent tabIndex={0}>
        {Object.entries(KEYS).map(([where, keys]) => (
          <Table key={where} size="small" sx={{ mb: 2 }}>
            <caption style={{ captionSide: 'top' }}>{where}</caption>
            <TableBody>
              {keys.map(([key, what]) => (
                <TableRow key={key}>
                  <TableCell sx={{ width: 80 }}>
                    <kbd>{key}</kbd>
                  </TableCell>
                  <TableCell>{what}</TableCell>
                </TableRow>
              ))}
            </TableBody>
          </Table>
        ))}
      </DialogContent>
      <DialogActions>
        <Button onClick={onClose} autoFocus>
          Close
        </Button>
      </DialogActions>
    </Dialog>
  );
}
