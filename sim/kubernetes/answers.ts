export interface HttpAnswer {
  readonly status: number;
  readonly type: 'application/json' | 'text/plain; charset=utf-8';
  readonly body: string;
}

/** What a Status is about, where it is about something. */
export interface StatusDetails {
  readonly name?: string;
  readonly group?: string;
  readonly kind?: string;
}

const reasons = {
  400: 'BadRequest',
  401: 'Unauthorized',
  403: 'Forbidden',
  404: 'NotFound',
  405: 'MethodNotAllowed',
  410: 'Expired',
  500: 'InternalError',
} as const;

/** The object in which Kubernetes says that something went wrong. */
export function failure(code: keyof typeof reasons, message: string, details?: StatusDetails) {
  return {
    kind: 'Status',
    apiVersion: 'v1',
    metadata: {},
    status: 'Failure',
    message,
    reason: reasons[code],
    ...(details === undefined ? {} : { details }),
    code,
  };
}

export function failed(...what: Parameters<typeof failure>): HttpAnswer {
  return json(what[0], failure(...what));
}

export function json(status: number, value: unknown): HttpAnswer {
  return { status, type: 'application/json', body: `${JSON.stringify(value)}\n` };
}

export function text(status: number, body: string): HttpAnswer {
  return { status, type: 'text/plain; charset=utf-8', body };
}
