import { type Input, inputs } from './inputs.ts';

const width = 100;
const indent = ' '.repeat(8);

/** The help of the command line, at most 100 columns wide. */
export function helpText(): string {
  return [
    ...wrap('talos-health: is this Talos Linux cluster healthy, and if not, what is wrong and what do I do?', ''),
    '',
    'Usage:',
    '  talos-health [flags]                  wait until the cluster is healthy, or say why it is not',
    '  talos-health demo [--scenario NAME]   the same on a simulated cluster that starts before your eyes',
    '',
    'Flags:',
    ...inputs.flatMap(inputHelp),
    '  -h, --help',
    '  -V, --version',
    '',
    ...wrap('LIST: entries separated by commas or blanks; a flag given again adds to it.', ''),
    ...wrap('DURATION: a number with a unit, such as 90s, 10m or 1h30m.', ''),
    '',
    'Exit codes: 0 healthy, 1 not healthy, 2 bad input, 3 the caller may not, 130 cancelled',
    '',
  ].join('\n');
}

function inputHelp({ name, kind, placeholder, short, default: value, description }: Input): readonly string[] {
  const letter = short === undefined ? '    ' : `-${short}, `;
  const flag = kind === 'boolean' ? `--${name}[=${placeholder}], --no-${name}` : `--${name} ${placeholder}`;
  const fallback = value === '' ? '' : ` (default ${value})`;
  return [`  ${letter}${flag}`, ...wrap(`${description}${fallback}`, indent)];
}

function wrap(text: string, prefix: string): readonly string[] {
  const lines: string[] = [];
  let line = '';
  for (const word of text.split(' ')) {
    if (line !== '' && prefix.length + line.length + 1 + word.length > width) {
      lines.push(prefix + line);
      line = word;
    } else {
      line = line === '' ? word : `${line} ${word}`;
    }
  }
  return [...lines, prefix + line];
}
