const units = ['B', 'KiB', 'MiB', 'GiB'];

/** An amount of bytes, rounded down: `512 B`, `4.7 MiB`, `14 GiB`. */
export function formatBytes(amount: number): string {
  const power = Math.min(units.length - 1, Math.floor(Math.log2(Math.max(1, amount)) / 10));
  const value = amount / 1024 ** power;
  return `${value >= 10 ? Math.floor(value) : Math.floor(value * 10) / 10} ${units[power]}`;
}
