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

/** Arrays are written in one line. */
const text = (value: unknown): string => JSON.stringify(value);

interface ComponentInput {
  readonly name: string;
  readonly description: string;
  readonly default: string | number | readonly unknown[];
  readonly options?: readonly string[];
}

/**
 * An input without a type is a string. Old versions of GitLab accept a number without quotes only for an
 * input of the type number; new versions accept it for a string too.
 */
function typeOf({ default: value }: ComponentInput): readonly string[] {
  if (typeof value === 'string') return [];
  return [`      type: ${typeof value === 'number' ? 'number' : 'array'}`];
}

function input(one: ComponentInput): readonly string[] {
  const { options = [] } = one;
  return [
    `    ${one.name}:`,
    `      description: ${text(one.description)}`,
    ...typeOf(one),
    ...(options.length === 0 ? [] : [`      options: [${options.map(text).join(', ')}]`]),
    `      default: ${text(one.default)}`,
  ];
}

/** Inputs for the keywords of the job. */
const jobInputs: readonly ComponentInput[] = [
  { name: 'stage', description: 'The stage of the job.', default: 'test' },
  {
    name: 'job-name',
    description: 'The name of the job, if the component is included more than once.',
    default: 'talos-health',
  },
  {
    name: 'tags',
    description:
      'The tags of the runner, such as [private-network]. By default a runner that takes jobs without tags; tags under default: do not apply.',
    default: [],
  },
  {
    name: 'order',
    description:
      'What the job waits for: stage (all jobs of earlier stages) or needs (only the jobs in needs, which has no effect otherwise).',
    options: ['stage', 'needs'],
    default: 'stage',
  },
  {
    name: 'needs',
    description:
      'With order: needs, the jobs to wait for, such as [deploy]. If the list is empty, the job starts at once.',
    default: [],
  },
  {
    name: 'rules',
    description: 'When the job is in a pipeline, as the keyword rules. By default in all but merge request pipelines.',
    default: [{ if: '$CI_PIPELINE_SOURCE != "merge_request_event"' }],
  },
  {
    name: 'image',
    description: 'The container image, without a tag: a mirror of it, if runners cannot reach ghcr.io.',
    default: image,
  },
  { name: 'version', description: 'The version of the gate, which is the tag of the image.', default: version },
  {
    name: 'digest',
    description:
      'The digest of the image, such as @sha256:…, with the @: the release notes have that of the tag that ends with -shell. By default the tag decides.',
    default: '',
  },
];

/** The default of a number that is optional: GitLab requires a number as the default. */
const anyNumber = -1;

/** The default of an input of the gate, as a number if the input is one. */
function defaultOf({ name, kind, default: value }: (typeof gateInputs)[number]): string | number {
  if (kind === 'number') return value === '' ? anyNumber : Number(value);
  return files[name] ?? value;
}

/** A line of shell that removes a variable with the default for an optional number. */
const withoutDefault = (variable: string): string => `if [ "$${variable}" = ${anyNumber} ]; then unset ${variable}; fi`;

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
    ...jobInputs.flatMap(input),
    ...gateInputs.flatMap((one) =>
      input({ name: one.name, description: one.description, default: defaultOf(one), options: choices(one) }),
    ),
    '---',
    '# A job with needs does not wait for earlier stages, even if the list is empty. So needs is in a job of its own.',
    '".$[[ inputs.job-name ]]:stage":',
    '  stage: $[[ inputs.stage ]]',
    '',
    '".$[[ inputs.job-name ]]:needs":',
    '  stage: $[[ inputs.stage ]]',
    '  needs: $[[ inputs.needs ]]',
    '',
    '"$[[ inputs.job-name ]]":',
    '  extends: ".$[[ inputs.job-name ]]:$[[ inputs.order ]]"',
    '  tags: $[[ inputs.tags ]]',
    '  rules: $[[ inputs.rules ]]',
    '  image:',
    '    # GitLab runs a script in the image, which takes a shell.',
    '    name: $[[ inputs.image ]]:$[[ inputs.version ]]-shell$[[ inputs.digest ]]',
    "    entrypoint: ['']",
    '  variables:',
    ...gateInputs.map(({ name }) => `    ${variableOf(name)}: $[[ inputs.${name} ]]`),
    '  script:',
    ...gateInputs
      .filter((one) => defaultOf(one) === anyNumber)
      .map(({ name }) => `    - ${withoutDefault(variableOf(name))}`),
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
