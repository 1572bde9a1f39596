import type { DeliveryEstimateInput, ShippingMethodPatchInput } from '@kontor/client';
import AddIcon from '@mui/icons-material/Add';
import { Button, Stack } from '@mui/material';
import {
  ArrayInput,
  BooleanInput,
  NumberInput,
  required,
  SimpleFormIterator,
  TextInput,
  useSimpleFormIterator,
} from 'react-admin';
import { useWatch } from 'react-hook-form';

import { MoneyInput } from '../ui/money.tsx';
import { WordsInput } from '../ui/words-input.tsx';

const beside = { direction: { xs: 'column', md: 'row' }, spacing: 1, sx: { width: '100%' } } as const;

/** What it costs where: in each zone one price, or prices by weight or by value. */
export function ShippingFields() {
  return (
    <>
      <Stack {...beside}>
        <TextInput source="name" helperText="Buyers read it." validate={required()} />
        <TextInput source="carrier" />
        <NumberInput source="position" helperText="Buyers see them in this order." min={1} max={20} />
      </Stack>
      <EstimateInput />
      <Stack {...beside}>
        <BooleanInput source="active" label="It is offered" />
        <BooleanInput source="pickup" label="The buyer collects it" />
      </Stack>
      <ArrayInput source="zones">
        <SimpleFormIterator fullWidth disableClear addButton={<AddButton>Add a zone</AddButton>}>
          <WordsInput source="countries" label="Countries" helperText="Codes such as DE. Empty: everywhere else." />
          <Stack {...beside}>
            <MoneyInput source="price" label="Price" helperText="Or by weight or value below." />
            <MoneyInput source="freeFrom" label="Free from" />
          </Stack>
          <ArrayInput source="weightTiers" label="Prices by weight">
            <SimpleFormIterator inline disableClear addButton={<AddButton>Add a weight</AddButton>}>
              <NumberInput source="upToGrams" label="Up to grams" min={0} />
              <MoneyInput source="price" label="Price" />
            </SimpleFormIterator>
          </ArrayInput>
          <ArrayInput source="valueTiers" label="Prices by value">
            <SimpleFormIterator inline disableClear addButton={<AddButton>Add a value</AddButton>}>
              <MoneyInput source="upTo" label="Up to" />
              <MoneyInput source="price" label="Price" />
            </SimpleFormIterator>
          </ArrayInput>
        </SimpleFormIterator>
      </ArrayInput>
    </>
  );
}

function AddButton({ children }: { children: string }) {
  const { add } = useSimpleFormIterator();
  return (
    <Button size="small" startIcon={<AddIcon />} onClick={() => add()}>
      {children}
    </Button>
  );
}

/** Both days belong together. */
function EstimateInput() {
  const estimate = useWatch({ name: 'estimate' }) as Partial<DeliveryEstimateInput> | null;
  const isAsked = estimate?.minDays != null || estimate?.maxDays != null;
  return (
    <Stack {...beside}>
      <NumberInput source="estimate.minDays" label="Days, at least" min={0} validate={isAsked ? required() : []} />
      <NumberInput source="estimate.maxDays" label="Days, at most" min={0} validate={isAsked ? required() : []} />
    </Stack>
  );
}

/** Empty lists of tiers are none, and an estimate without days is none. */
export function shippingInput(data: ShippingMethodPatchInput): ShippingMethodPatchInput {
  const { zones, estimate } = data;
  return {
    ...data,
    estimate: estimate?.minDays == null ? null : estimate,
    zones: (zones ?? []).map((zone) => ({
      ...zone,
      countries: zone.countries ?? [],
      weightTiers: full(zone.weightTiers),
      valueTiers: full(zone.valueTiers),
    })),
  };
}

const full = <T,>(list: T[] | null | undefined) => (list?.length ? list : null);
