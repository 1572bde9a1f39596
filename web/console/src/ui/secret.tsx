import { Alert, Button, Dialog, DialogActions, DialogContent, DialogTitle, TextField } from '@mui/material';
import { useState } from 'react';

interface Props {
  title: string;
  secret: string;
  /** Where to keep it. */
  hint?: string;
  onClose: () => void;
}

/** A secret that the shop tells once. It is closed only by its button. */
export function SecretDialog({ title, secret, hint = 'Keep it where only the server can read it.', onClose }: Props) {
  const [copied, setCopied] = useState(false);
  const copy = async () => {
    await navigator.clipboard.writeText(secret);
    setCopied(true);
  };
  return (
    <Dialog open fullWidth aria-labelledby="secret-title">
      <DialogTitle id="secret-title">{title}</DialogTitle>
      <DialogContent>
        <Alert severity="warning">It is shown only now. {hint}</Alert>
        <TextField
          label="Secret"
          value={secret}
          multiline
          slotProps={{ htmlInput: { readOnly: true } }}
          onFocus={({ target }) => target.select()}
        />
        <div aria-live="polite">{copied && 'It was copied.'}</div>
      </DialogContent>
      <DialogActions>
        <Button onClick={copy}>Copy</Button>
        <Button variant="contained" onClick={onClose}>
          I have kept it
        </Button>
      </DialogActions>
    </Dialog>
  );
}
