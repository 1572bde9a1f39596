import { Button, Stack } from '@mui/material';
import { useState } from 'react';
import { Title } from 'react-admin';

import { errorsOf } from '../data/errors.ts';
import { getFile, saveFile } from '../file.ts';
import { useMay } from '../session/auth.ts';
import { useShop } from '../shop.ts';
import { useAction } from '../ui/action.tsx';
import { Columns, Nothing } from '../ui/page.tsx';
import { type Days, periodOf } from './days.ts';
import { Feed } from './feed.tsx';
import { Figures, useFigures } from './figures.tsx';
import { LowStock } from './low-stock.tsx';
import { Period } from './period.tsx';
import { Searches } from './searches.tsx';
import { TopSellers } from './top.tsx';

/** What staff open every morning. */
export default function Dashboard() {
  const { timeZone: zone } = useShop();
  const [chosen, setChosen] = useState<Days | null>(null);
  const period = chosen ?? periodOf(30, zone);
  const seesFigures = useMay('stats:read');
  const refused = errorsOf(useFigures(period, seesFigures).error);
  const download = useAction(async () =>
    saveFile(
      await getFile('/api/v1/admin/dashboard/export', { query: period }),
      `figures-${period.from}-${period.to}.csv`,
    ),
  );
  return (
    <>
      <Title title="Dashboard" />
      {seesFigures && (
        <Stack direction="row" useFlexGap spacing={1} sx={{ flexWrap: 'wrap', alignItems: 'center', pt: 2, pb: 1 }}>
          <Period value={period} refused={refused} onChange={setChosen} />
          <Button disabled={download.busy} onClick={() => download.run(undefined)}>
            CSV
          </Button>
        </Stack>
      )}
      <Columns
        wide={
          seesFigures ? (
            <>
              <Figures period={period} />
              <TopSellers period={period} />
            </>
          ) : (
            <Nothing>Your role does not see the figures.</Nothing>
          )
        }
      >
        <Feed />
        <LowStock />
        <Searches period={period} />
      </Columns>
    </>
  );
}
