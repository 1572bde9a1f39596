import type { Money } from '@kontor/client';
import { formatMoney } from '@kontor/client';
import { InputAdornment, TextField, Typography } from '@mui/material';
import { useState } from 'react';
import { FieldTitle, type InputProps, useInput, useRecordContext, useResourceContext } from 'react-admin';

import { parseMoney, writeMoney } from '../data/money.ts';
import { useShop } from '../shop.ts';
import { fieldError } from './field-error.ts';
import { LANGUAGE } from './words.ts';

/** Money as people read it. */
export function Amount({ of }: { of: Money | null | undefined }) {
  const { currency } = useShop();
  return of ? <span style={{ whiteSpace: 'nowrap' }}>{formatMoney(of, currency, LANGUAGE)}</span> : <span>–</span>;
}

export function MoneyField({ source }: { source: string; label?: string; sortBy?: string }) {
  const record = useRecordContext();
  return (
    <Typography component="span" variant="body2">
      <Amount of={record?.[source] as Money | null} />
    </Typography>
  );
}

const isAmount = (value: Money | null | undefined) =>
  value && Number.isNaN(value.amount) ? 'Write an amount such as 19.99.' : undefined;

interface Props extends Omit<InputProps, 'format' | 'parse'> {
  /** In a grid, where the column has the label. */
  'aria-label'?: string;
}

/** Money is typed as people write it, and is sent in minor units of the shop's currency. */
export function MoneyInput({ validate = [], 'aria-label': ariaLabel, ...props }: Props) {
  const { currency } = useShop();
  const resource = useResourceContext();
  const checks = [isAmount, ...[validate].flat()];
  const { id, field, fieldState, isRequired } = useInput({ defaultValue: null, ...props, validate: checks });
  const value = field.value as Money | null;
  const [typed, setTyped] = useState('');
  // What is typed stays as it is, as long as it means the value. So "19." is not taken away.
  const means = (text: string) => (text.trim() === '' ? null : parseMoney(text, currency.decimals));
  const text =
    Object.is(means(typed), value?.amount ?? null) || !value ? typed : writeMoney(value.amount, currency.decimals);
  const shown = value === null && means(typed) !== null ? '' : text;
  return (
    <TextField
      id={id}
      name={field.name}
      inputRef={field.ref}
      value={shown}
      onBlur={field.onBlur}
      onChange={({ target }) => {
        setTyped(target.value);
        const amount = means(target.value);
        field.onChange(amount === null ? null : { amount, currency: currency.code });
      }}
      label={
        props.label === false ? undefined : (
          <FieldTitle label={props.label} source={props.source} resource={resource} isRequired={isRequired} />
        )
      }
      error={fieldState.invalid}
      // Fields beside it keep the place of their help free, too.
      helperText={fieldError(fieldState.error) ?? props.helperText ?? (props.label === false ? undefined : ' ')}
      slotProps={{
        htmlInput: { inputMode: 'decimal', ...(ariaLabel && { 'aria-label': ariaLabel }) },
        input: { endAdornment: <InputAdornment position="end">{currency.code.toUpperCase()}</InputAdornment> },
      }}
    />
  );
}
