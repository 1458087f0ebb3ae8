import {
  create,
  type DescMessage,
  fromBinary,
  type MessageInitShape,
  type MessageShape,
  toBinary,
} from '@bufbuild/protobuf';

/** The caller, and its deadline. */
export interface Caller {
  readonly roles: ReadonlySet<string>;
  /** Aborts when the caller stops waiting. */
  readonly signal: AbortSignal;
}

/** A method of the API on whatever node it runs; bytes in, bytes out. A unary method yields once. */
export interface Endpoint {
  /** Such as `/machine.MachineService/Version`. */
  readonly path: string;
  readonly streaming: boolean;
  serve(node: string, caller: Caller, request: Uint8Array): AsyncIterable<Uint8Array>;
}

interface Method<Input extends DescMessage, Output extends DescMessage> {
  readonly name: string;
  readonly parent: { readonly typeName: string };
  readonly methodKind: string;
  readonly input: Input;
  readonly output: Output;
}

/** A method of a generated service with what it does: `answer` sees messages, not bytes. */
export function implement<Input extends DescMessage, Output extends DescMessage>(
  method: Method<Input, Output>,
  answer: (node: string, request: MessageShape<Input>, caller: Caller) => AsyncIterable<MessageInitShape<Output>>,
): Endpoint {
  return {
    path: `/${method.parent.typeName}/${method.name}`,
    streaming: method.methodKind === 'server_streaming',
    async *serve(node, caller, request) {
      for await (const message of answer(node, fromBinary(method.input, request), caller)) {
        yield toBinary(method.output, create(method.output, message));
      }
    },
  };
}
