import { Alert } from '@mui/material';
import { useEffect, useState } from 'react';
import { useFormContext, useFormState } from 'react-hook-form';

import { words } from './words.ts';

/**
 * What the shop refused in fields that this form does not show. It takes them out of the errors of the form, which cannot
 * be sent again as long as it has one.
 */
export function Unplaced() {
  const { clearErrors } = useFormContext();
  const { errors, isSubmitting } = useFormState();
  const [told, setTold] = useState<string[]>([]);
  useEffect(() => {
    if (isSubmitting) setTold([]);
  }, [isSubmitting]);
  useEffect(() => {
    const found = unplaced(errors);
    if (found.length === 0) return;
    setTold(found.map(({ field, message }) => `${named(field)}: ${message}`));
    clearErrors(found.map(({ field }) => field));
  }, [errors, clearErrors]);
  return told.map((text) => (
    <Alert key={text} severity="error" role="alert" sx={{ width: '100%', mb: 1 }}>
      {text}
    </Alert>
  ));
}

/** `variants.0.metadata` is "Variant 1: metadata". */
function named(field: string): string {
  const [, list, index, rest] = /^(\w+?)s?\.(\d+)(?:\.(.+))?$/.exec(field) ?? [];
  if (!list) return words(field);
  const name = `${words(list)} ${Number(index) + 1}`;
  return rest ? `${name}: ${named(rest).toLowerCase()}` : name;
}

interface Refusal {
  field: string;
  message: string;
}

/** An error of a field that is shown refers to it. */
function unplaced(errors: object, path: string[] = []): Refusal[] {
  return Object.entries(errors).flatMap(([name, error]) => {
    if (typeof error !== 'object' || error === null) return [];
    const field = [...path, name];
    if (error.type !== 'server') return typeof error.type === 'string' ? [] : unplaced(error, field);
    return error.ref ? [] : [{ field: field.join('.'), message: String(error.message) }];
  });
}
