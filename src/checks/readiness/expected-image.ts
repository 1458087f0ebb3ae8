import type { ExpectedExtension } from '../../inputs/expectations.ts';
import { type Failure, isNotExposed } from '../../talos/failure.ts';
import type { Extension } from '../../talos/model/upgrade.ts';
import type { Outcome } from '../check.ts';
import { nodeCheck } from '../define.ts';
import { extensionText, schematicOf, schematicText } from '../facts/extensions.ts';
import { fail, here, hint, notKnown, pass, pending } from '../outcome.ts';
import { talosctl } from '../text.ts';

const withoutV = (version: string): string => version.replace(/^v/, '');

function missingText(expected: ExpectedExtension, installed: readonly Extension[]): string {
  const found = installed.find(({ name }) => name === expected.name);
  const { name, version = '' } = expected;
  return found === undefined
    ? `it lacks ${extensionText({ name, version })}`
    : `it has ${extensionText(found)}, and ${version} is expected`;
}

function isInstalled({ name, version }: ExpectedExtension, installed: readonly Extension[]): boolean {
  return installed.some(
    (one) => one.name === name && (version === undefined || withoutV(one.version) === withoutV(version)),
  );
}

function isExpected(schematic: string | undefined, expected: readonly string[]): boolean {
  return schematic !== undefined && expected.some((id) => schematic.startsWith(id));
}

/** Not a skip: what is expected and cannot be verified must not pass. */
function unverified(failure: Failure): Outcome {
  const words = `its system extensions and its schematic cannot be read: ${failure.message}`;
  return isNotExposed(failure) ? fail(words, omit) : notKnown(words, omit);
}

const omit = hint('Omit expected-schematic and expected-extensions where the nodes do not tell their extensions.');

export const expectedImage = nodeCheck({
  id: 'expected-image',
  stage: 'readiness',
  scope: 'node',
  title: 'the image is of the expected schematic and has the expected extensions',
  explanation:
    'The node runs an image without what expected-schematic or expected-extensions ask for, as after an upgrade to another installer image.',
  requires: ['api-reachable'],
  reads: [],
  alsoReads: ['extensions', 'schematic'],
  enabled: ({ expected }) => expected.schematics !== undefined || expected.extensions !== undefined,
  docs: {
    pending: 'the image is of another schematic or of none, or lacks an extension or has another version of it',
    fail: 'the version of Talos does not expose the extensions to a reader',
    explainedBy: ['upgrade-confirmed', 'reboot-due'],
    talosctl: 'not asked there: a node that an upgrade left without its extensions passes',
    reports: ['devantler-tech/ksail#5077'],
    advice: 'Upgrade the node to the installer image of the schematic',
    commands: ['talosctl -n 10.0.0.2 get extensions'],
  },
  evaluate(_, { node, options: { expected } }) {
    const { extensions } = node;
    if (!extensions.ok) {
      return unverified(extensions.error);
    }
    const { schematics, extensions: wanted = [] } = expected;
    const schematic = schematicOf(node);
    if (
      schematics !== undefined &&
      schematic === undefined &&
      !node.schematic.ok &&
      !isNotExposed(node.schematic.error)
    ) {
      return unverified(node.schematic.error);
    }
    const missing = wanted.filter((one) => !isInstalled(one, extensions.value));
    const wrong = [
      ...(schematics === undefined || isExpected(schematic, schematics)
        ? []
        : [
            `its image is of ${schematicText(schematic)}, and ${schematics.map((id) => id.slice(0, 8)).join(' or ')} is expected`,
          ]),
      ...missing.map((one) => missingText(one, extensions.value)),
    ];
    return wrong.length === 0
      ? pass(schematics === undefined ? wanted.map(extensionOrName).join(', ') : schematicText(schematic))
      : pending(
          wrong.join('; '),
          hint(
            'Upgrade the node to the installer image of the schematic: factory.talos.dev/installer/SCHEMATIC:VERSION.',
            talosctl(node, 'get extensions'),
          ),
          here('upgrade-confirmed', 'reboot-due'),
        );
  },
});

const extensionOrName = ({ name, version = '' }: ExpectedExtension): string => extensionText({ name, version });
