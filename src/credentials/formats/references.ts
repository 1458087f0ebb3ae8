import type { Form } from './form.ts';

const one = (pattern: RegExp): NonNullable<Form['recognize']> => {
  return ({ text }) => text.length <= 1000 && pattern.test(text.trim());
};

const resolve = 'resolve it in a step before this one, and pass what it stands for';

/** Unresolved references to a configuration. */
export const references: readonly Form[] = [
  {
    id: 'expression',
    name: 'an expression that was not expanded',
    recognize: one(/^(\$\{\{.*\}\}|(secrets|vars|env|inputs)\.\w+)$/),
    advice: `write it in the workflow file itself: only there \${{ secrets.NAME }} is expanded`,
  },
  {
    id: 'template',
    name: 'a template that was not rendered',
    recognize: one(/^(\{\{.*\}\}|<path:[^>]*>|<%.*%>)$/),
    advice: 'render it in a step before this one, and pass what comes out',
  },
  {
    id: 'variable',
    name: 'a variable or command, which no shell has expanded',
    recognize: one(/^(\$\w+|\$\{\w+\}|%\w+%|\$\(.*\)|`.*`)$/),
    advice: 'inputs of an action pass no shell',
  },
  {
    id: '1password',
    name: 'a reference of 1Password (op://)',
    recognize: one(/^op:\/\/.+$/),
    advice: `${resolve}: op read REFERENCE, or the action 1password/load-secrets-action`,
  },
  {
    id: 'vault',
    name: 'a reference of Vault (vault:)',
    recognize: one(/^>*vault:\S+$/),
    advice: `${resolve}: vault kv get -field=FIELD PATH`,
  },
  {
    id: 'vals',
    name: 'a reference of vals (ref+)',
    recognize: one(/^(secret)?ref\+[a-z0-9]+:\/\/.+$/i),
    advice: `${resolve}: vals get REFERENCE`,
  },
  {
    id: 'cloud-secret',
    name: 'the name of a secret of a cloud',
    recognize: one(/^(arn:aws[\w-]*:|projects\/[^/]+\/secrets\/[^/]+\/versions\/)\S+$/),
    advice: `${resolve}: aws secretsmanager get-secret-value, or gcloud secrets versions access`,
  },
  {
    id: 'url',
    name: 'a URL',
    recognize: one(/^[a-z][a-z0-9+.-]*:\/\/\S+$/i),
    advice: 'download it in a step before this one, and pass the path of the file',
  },
];
