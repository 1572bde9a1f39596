import { Button, Dialog, DialogActions, DialogContent, DialogTitle, Typography } from '@mui/material';
import { useQuery } from '@tanstack/react-query';

import { messageOf } from '../data/errors.ts';
import { kontor } from '../shop.ts';
import { Fact, Problem } from '../ui/page.tsx';
import { Time } from '../ui/time.tsx';
import { words } from '../ui/words.ts';

/** One delivery: what was sent, and what came back each time. */
export function DeliveryDialog({
  endpoint: id,
  event,
  onClose,
}: {
  endpoint: string;
  event: string;
  onClose: () => void;
}) {
  const { data, error } = useQuery({
    queryKey: ['webhooks', 'delivery', id, event],
    queryFn: async () =>
      (await kontor.GET('/api/v1/admin/webhooks/{id}/deliveries/{event}', { params: { path: { id, event } } })).data,
    staleTime: 0,
  });
  return (
    <Dialog open onClose={onClose} fullWidth maxWidth="md" aria-labelledby="delivery-title">
      <DialogTitle id="delivery-title">{data?.eventType ?? 'Delivery'}</DialogTitle>
      <DialogContent>
        {error && <Problem>{messageOf(error)}</Problem>}
        {data?.attempts.map((attempt) => (
          <div key={attempt.at}>
            <Fact name={attempt.problem ? words(attempt.problem) : `Status ${attempt.httpStatus}`}>
              <Time of={attempt.at} />, {attempt.millis} ms
            </Fact>
            {attempt.answer && <Typography variant="body2">{attempt.answer}</Typography>}
          </div>
        ))}
        <Typography variant="subtitle2">What is sent</Typography>
        <Typography component="pre" variant="body2" sx={{ overflowX: 'auto', fontFamily: 'monospace' }}>
          {indented(data?.payload)}
        </Typography>
      </DialogContent>
      <DialogActions>
        <Button onClick={onClose} autoFocus>
          Close
        </Button>
      </DialogActions>
    </Dialog>
  );
}

function indented(payload: string | null | undefined): string {
  if (!payload) return 'It is not kept any more.';
  try {
    return JSON.stringify(JSON.parse(payload), null, 2);
  } catch {
    return payload;
  }
}
