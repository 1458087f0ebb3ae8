import { asMapping, type Mapping } from '../../values/yaml.ts';
import { type Candidate, namedText } from './form.ts';

/** The configuration in the result of `terraform output`, with or without `-json` and a name; undefined if it is ambiguous. */
export function outputText({ text, root, kind }: Candidate): string | undefined {
  if (root === undefined) {
    const printed = printedOutputs(text);
    return namedText(printed, kind) ?? onlyText(printed);
  }
  if (!isOutputs(root)) return undefined;
  const values = new Map([...root].map(([name, output]) => [name, asMapping(output)?.get('value')]));
  return namedText(values, kind) ?? onlyText(values);
}

/** Whether it is the result of `terraform output -json`. */
export function isOutputs(root: Mapping | undefined): boolean {
  const values = [...(root?.values() ?? [])];
  return values.length > 0 && values.every((value) => asMapping(value)?.has('sensitive') === true);
}

function onlyText(outputs: Mapping): string | undefined {
  const [only, ...others] = [...outputs.values()];
  return others.length === 0 && typeof only === 'string' ? only : undefined;
}

/** Printed outputs: `name = "text"`, or a heredoc (`<<EOT`), which has no name if a single output was requested. */
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
