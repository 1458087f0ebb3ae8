import { asMapping, type Mapping } from '../../values/yaml.ts';
import { type Candidate, namedText } from './form.ts';

/** Of `terraform output`, with or without `-json` and a name: the configuration, if it is clear which output it is. */
export function outputText({ text, root, kind }: Candidate): string | undefined {
  if (root === undefined) {
    const printed = printedOutputs(text);
    return namedText(printed, kind) ?? onlyText(printed);
  }
  if (!isOutputs(root)) return undefined;
  const values = new Map([...root].map(([name, output]) => [name, asMapping(output)?.get('value')]));
  return namedText(values, kind) ?? onlyText(values);
}

/** Of `terraform output -json`. */
export function isOutputs(root: Mapping | undefined): boolean {
  const values = [...(root?.values() ?? [])];
  return values.length > 0 && values.every((value) => asMapping(value)?.has('sensitive') === true);
}

function onlyText(outputs: Mapping): string | undefined {
  const [only, ...others] = [...outputs.values()];
  return others.length === 0 && typeof only === 'string' ? only : undefined;
}

/** Outputs as they are printed: `name = "text"`, or lines between `<<EOT` and `EOT`, which stand alone if the output was named. */
function printedOutputs(text: string): Mapping {
  const outputs = new Map<string, string>();
  let open: { readonly name: string; readonly end: string; readonly lines: string[] } | undefined;
  for (const line of text.split(/\r?\n/)) {
    if (open !== undefined) {
      if (line.trim() === open.end) {
        outputs.set(open.name, open.lines.join('\n'));
        open = undefined;
      } else {
        open.lines.push(line);
      }
      continue;
    }
    const [, name = '', end, quoted] = /^\s*(?:"?([\w-]+)"? *= *)?(?:<<-?(\w+)|"([^"\\]*)")\s*$/.exec(line) ?? [];
    if (end !== undefined) open = { name, end, lines: [] };
    else if (name !== '' && quoted !== undefined) outputs.set(name, quoted);
  }
  return outputs;
}
