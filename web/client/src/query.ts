/** Query parameters as the shop takes them. Those with names of their own are written as `attributes[Material]=Cotton`, and
 * one with several values is repeated. */
export function querySerializer(query: Record<string, unknown>): string {
  const pairs = new URLSearchParams();
  const add = (name: string, value: unknown): void => {
    if (value === undefined || value === null) return;
    if (Array.isArray(value)) for (const one of value) add(name, one);
    else if (typeof value === 'object') for (const [key, one] of Object.entries(value)) add(`${name}[${key}]`, one);
    else pairs.append(name, String(value));
  };
  for (const [name, value] of Object.entries(query)) add(name, value);
  return pairs.toString();
}
