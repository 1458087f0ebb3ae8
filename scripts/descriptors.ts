import { readFile } from 'node:fs/promises';
import { type DescMessage, fromBinary, isFieldSet, type Message } from '@bufbuild/protobuf';
import { protoCamelCase, reflect } from '@bufbuild/protobuf/reflect';
import { type DescriptorProto, FileDescriptorProtoSchema } from '@bufbuild/protobuf/wkt';
import type { Plugin } from 'esbuild';

/** The names that the library fills in after decoding. */
function nameFields({ field, nestedType }: DescriptorProto): void {
  for (const one of field) {
    one.jsonName ||= protoCamelCase(one.name);
  }
  nestedType.forEach(nameFields);
}

/** What is set, and all lists: presence is told from the own properties of an object. */
function plain(schema: DescMessage, message: Message): Record<string, unknown> {
  const reflected = reflect(schema, message);
  const entries = schema.fields.flatMap((field): [string, unknown][] => {
    const value: unknown = Reflect.get(message, field.localName);
    switch (field.fieldKind) {
      case 'list':
        return [
          [
            field.localName,
            field.listKind === 'message'
              ? [...reflected.get(field)].map((item) => plain(field.message, Object(item).message))
              : value,
          ],
        ];
      case 'message':
        return isFieldSet(message, field) ? [[field.localName, plain(field.message, Object(value))]] : [];
      default:
        return isFieldSet(message, field) ? [[field.localName, value]] : [];
    }
  });
  return Object.fromEntries(entries);
}

function decoded(base64: string): string {
  const file = fromBinary(FileDescriptorProtoSchema, Buffer.from(base64, 'base64'));
  file.messageType.forEach(nameFields);
  const { $typeName, package: name, syntax } = file;
  return JSON.stringify({ $typeName, package: name, syntax, ...plain(FileDescriptorProtoSchema, file) });
}

/** As the library's `fileDesc`, for a descriptor that is decoded already. */
const fileDesc = `
  import { createEmbeddedFileRegistry } from '../registry.js';
  export function fileDesc(proto, imports = []) {
    proto.dependency = imports.map((file) => file.proto.name);
    return createEmbeddedFileRegistry(proto, (name) => imports.find((file) => file.proto.name === name)).getFile(proto.name);
  }
`;

/**
 * Generated code holds its descriptors encoded, and decodes them at start, for
 * which the library first builds the descriptor of descriptors: a fifth of the
 * time until the first call. Here they are decoded when the bundle is made.
 */
export const decodedDescriptors: Plugin = {
  name: 'decoded-descriptors',
  setup({ onLoad }) {
    onLoad({ filter: /[\\/]codegenv2[\\/]file\.js$/ }, () => ({ contents: fileDesc, loader: 'js' }));
    onLoad({ filter: /_pb\.(js|ts)$/ }, async ({ path }) => {
      const source = await readFile(path, 'utf8');
      const contents = source.replace(
        /\bfileDesc\("([A-Za-z0-9+/=]+)"/g,
        (_, base64: string) => `fileDesc(${decoded(base64)}`,
      );
      return { contents, loader: path.endsWith('.ts') ? 'ts' : 'js' };
    });
  },
};
