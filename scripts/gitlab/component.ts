import { actionInputs } from '../../src/inputs/table.ts';
import { variableOf } from '../../src/inputs/variables.ts';
import { version } from '../../src/version.ts';

/** The published container image. Its tags are versions, with the suffix `-shell` if the image has a shell. */
const image = 'ghcr.io/talos-health/talos-health';

/** The default files, which GitLab collects as artifacts. */
const files: Readonly<Record<string, string>> = {
  'report-file': 'talos-health.json',
  'junit-file': 'talos-health.xml',
};

/** GitLab has no step summary, and a job has its own script. */
const gateInputs = actionInputs.filter((input) => input.name !== 'summary' && !('actionOnly' in input));

const text = (value: string): string => JSON.stringify(value);

function input(name: string, description: string, value: string, options: readonly string[] = []): readonly string[] {
  return [
    `    ${name}:`,
    `      description: ${text(description)}`,
    ...(options.length === 0 ? [] : [`      options: [${options.map(text).join(', ')}]`]),
    `      default: ${text(value)}`,
  ];
}

/** The choices of an input, from a placeholder such as `client|server`. */
const choices = ({ kind, placeholder }: (typeof gateInputs)[number]): readonly string[] =>
  kind === 'choice' && /^[\w-]+(\|[\w-]+)+$/.test(placeholder) ? placeholder.split('|') : [];

/**
 * Generates the GitLab CI/CD component with the inputs of the gate. Values are passed
 * as variables and not in the text of the script, so that none of them is executed.
 */
export function componentText(): string {
  return [
    '# A GitLab CI/CD component. Made by "npm run docs" from src/inputs/table.ts: change that instead.',
    'spec:',
    '  inputs:',
    ...input('stage', 'The stage of the job.', 'test'),
    ...input('job-name', 'The name of the job, where it is included more than once.', 'talos-health'),
    ...input(
      'image',
      'The container image, without a tag: a mirror of it, where runners have no way to ghcr.io.',
      image,
    ),
    ...input('version', 'The version of the gate, which is the tag of the image.', version),
    ...gateInputs.flatMap((one) => input(one.name, one.description, files[one.name] ?? one.default, choices(one))),
    '---',
    '"$[[ inputs.job-name ]]":',
    '  stage: $[[ inputs.stage ]]',
    '  image:',
    '    # GitLab runs a script in the image, which takes a shell.',
    '    name: $[[ inputs.image ]]:$[[ inputs.version ]]-shell',
    "    entrypoint: ['']",
    '  variables:',
    ...gateInputs.map(({ name }) => `    ${variableOf(name)}: $[[ inputs.${name} ]]`),
    '  script:',
    '    # The gate reads the variables: an argument would show credentials in a list of processes.',
    '    - talos-health',
    '  artifacts:',
    '    when: always',
    '    expire_in: 1 week',
    '    paths:',
    '      - $[[ inputs.report-file ]]',
    '    reports:',
    '      junit: $[[ inputs.junit-file ]]',
    '',
  ].join('\n');
}
