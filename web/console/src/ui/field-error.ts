/** Why a field is not right. react-admin writes messages that it would translate as JSON after a sign. */
export function fieldError(error: { message?: string } | undefined): string | undefined {
  const plain = error?.message?.replace(/^@@react-admin@@/, '');
  if (plain === undefined) return undefined;
  const text = plain.startsWith('"') ? (JSON.parse(plain) as string) : plain;
  return text === 'ra.validation.required' ? 'Required' : text;
}
