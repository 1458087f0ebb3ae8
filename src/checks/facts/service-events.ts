import { oneLine } from '../text.ts';

/** Maximum length of a reason, in characters. The log lines that Talos appends can have 500 more. */
const longest = 240;
const longestLog = 120;

/**
 * Why a service ended, from an event such as `Error running Containerd(kubelet),
 * going to restart forever: task "kubelet" failed: exit code 1 (last log "{…}")`.
 */
export function reasonIn(event: string): string {
  const text = oneLine(event);
  const error = /^Error running .*?, going to restart [\w ]+: (.*)$/.exec(text)?.[1];
  const exitedWithoutError = /^Runner .* exited without error, going to restart/.test(text);
  return cut(withoutLog(exitedWithoutError ? 'it exits without an error' : (error ?? text)), longest);
}

/** Cuts the middle: an error of Go begins with the operation and ends with its cause. */
function cut(text: string, most: number): string {
  const head = Math.floor(most / 3);
  return text.length > most ? `${text.slice(0, head).trimEnd()}… ${text.slice(head - most).trimStart()}` : text;
}

/** Replaces the log lines that Talos appends by the last error among them, if any. */
function withoutLog(text: string): string {
  return text.replace(/ \(last log "((?:[^"\\]|\\.)*)(?:"\)|$)/g, (_, quoted: string) => {
    const error = errorIn(unquoted(quoted));
    return error === '' ? '' : ` (its log: ${cut(error, longestLog)})`;
  });
}

/** Undoes the quoting of a Go string. */
function unquoted(text: string): string {
  const escapes: Readonly<Record<string, string>> = { n: '\n', t: ' ', r: '\n' };
  return text
    .replace(/\\(?:x[0-9a-f]{2}|u[0-9a-f]{4}|U[0-9a-f]{8}|[abfv])/g, ' ')
    .replace(/\\(.)/g, (_, one: string) => escapes[one] ?? one);
}

/** The last line with an error. */
function errorIn(log: string): string {
  return (
    log
      .split('\n')
      .map(errorOf)
      .findLast((words) => words !== '') ?? ''
  );
}

function errorOf(line: string): string {
  const text = line.trim();
  if (/"(?:msg|message|error|err)"\s*:/.test(text)) {
    return ofJson(text);
  }
  // The format of klog: `E1128 10:00:00.000000 1 run.go:72] "command failed" err="…"`.
  const [, ofKlog] = /^[EF]\d{4} \S+ +\d+ \S+\] (.*)$/.exec(text) ?? [];
  return ofKlog ?? (/^(?:error|fatal|panic)\b|\b(?:failed|fatal error)\b/i.test(text) ? oneLine(text) : '');
}

/** Uses patterns, because the JSON may be truncated. */
function ofJson(text: string): string {
  const fieldOf = (key: string): string =>
    new RegExp(`"${key}"\\s*:\\s*"((?:[^"\\\\]|\\\\.)*)`).exec(text)?.[1]?.replace(/\\(.)/g, '$1') ?? '';
  const error = fieldOf('error') || fieldOf('err');
  const isError = error !== '' || /^(?:error|fatal|d?panic)$/.test(fieldOf('level'));
  const message = fieldOf('msg') || fieldOf('message');
  return isError ? oneLine([message, error].filter((part) => part !== '').join(': ')) : '';
}
