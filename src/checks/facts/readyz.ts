/** What `/readyz` of an API server answered. */
interface Readyz {
  readonly body: string;
}

/** `/readyz` lists its parts one a line, the failing ones as `[-]etcd failed: reason withheld`. */
export function failingParts({ body }: Readyz): string {
  const parts = body.split('\n').filter((line) => line.startsWith('[-]'));
  return parts.length > 0 ? parts.map((part) => part.slice(3)).join('; ') : body.slice(0, 200);
}
