/** A Markdown table; all columns but the first are numbers. */
export function table(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const rule = head.map((_, index) => (index === 0 ? '---' : '---:'));
  return [head, rule, ...rows].map((row) => `| ${row.join(' | ')} |`).join('\n');
}

export const milliseconds = (value: number): string => `${Math.round(value).toLocaleString('en')} ms`;
export const times = (value: number): string => `${value.toFixed(1)}×`;
export const whole = (value: number): string => Math.round(value).toLocaleString('en');
