import {
  Button,
  Dialog,
  DialogActions,
  DialogContent,
  DialogTitle,
  Table,
  TableBody,
  TableCell,
  TableRow,
} from '@mui/material';

const KEYS: [string, string][] = [
  ['j', 'The next order of the list'],
  ['k', 'The order before'],
  ['s', 'Ship'],
  ['r', 'Refund'],
  ['n', 'Write a note'],
  ['p', 'Open the packing slip'],
  ['c', 'Begin to prepare (the status “processing”)'],
  ['u', 'Back to the list'],
  ['?', 'This help'],
];

export function KeysHelp({ onClose }: { onClose: () => void }) {
  return (
    <Dialog open onClose={onClose} aria-labelledby="keys-title">
      <DialogTitle id="keys-title">Keys</DialogTitle>
      <DialogContent>
        <p>On the page of an order:</p>
        <Table size="small">
          <TableBody>
            {KEYS.map(([key, what]) => (
              <TableRow key={key}>
                <TableCell>
                  <kbd>{key}</kbd>
                </TableCell>
                <TableCell>{what}</TableCell>
              </TableRow>
            ))}
          </TableBody>
        </Table>
      </DialogContent>
      <DialogActions>
        <Button onClick={onClose} autoFocus>
          Close
        </Button>
      </DialogActions>
    </Dialog>
  );
}
