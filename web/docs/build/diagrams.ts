// Diagrams of states become tables: everybody can read them, on every screen, and nothing has to draw them.
import { escaped, table } from './markdown.ts';

/** The table of a state diagram of Mermaid. Null for other diagrams. */
export function states(diagram: string): string | null {
  if (!diagram.startsWith('stateDiagram')) return null;
  const rows = diagram
    .split('\n')
    .map((line) => /^\s*(\S+) --> (\S+?)(?:: (.*))?$/.exec(line))
    .filter((found) => found !== null)
    .map(([, from = '', to = '', why = '']) => {
      const start = from === '[*]' ? '(new)' : `<code>${escaped(from)}</code>`;
      return `<tr><td>${start}</td><td><code>${escaped(to)}</code></td><td>${escaped(why)}</td></tr>`;
    });
  return table('<tr><th>From</th><th>To</th><th>When</th></tr>', rows.join('\n'), 'states');
}
