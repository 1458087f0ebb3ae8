export type Env = Readonly<Record<string, string | undefined>>;

/** As https://no-color.org has it, with FORCE_COLOR for where there is no terminal; the refusal counts more. */
export function wantsColour(isTerminal: boolean, env: Env): boolean {
  if (env['NO_COLOR']) {
    return false;
  }
  const forced = env['FORCE_COLOR'];
  return forced === undefined ? isTerminal && env['TERM'] !== 'dumb' : forced !== '0' && forced !== 'false';
}

/** Whether a stream leads to somebody before a terminal that can redraw: not to a log, however it is kept. */
export function isLive(isTerminal: boolean, env: Env): boolean {
  const ci = env['CI'];
  return isTerminal && (ci === undefined || ci === '' || ci === 'false') && env['TERM'] !== 'dumb';
}
