/** The envelope of every answer: https://developers.cloudflare.com/fundamentals/api/reference/responses/ */
export interface Envelope {
  success: boolean;
  errors: ApiMessage[];
  messages: ApiMessage[];
  result: unknown;
  result_info?: ResultInfo;
}

export interface ApiMessage {
  code: number;
  message: string;
  /** The specific reason for a general code such as 6003 or 1004. */
  error_chain?: ApiMessage[];
}

/** The position of a page in the whole list. */
export interface ResultInfo {
  page: number;
  per_page: number;
  count: number;
  total_count: number;
  total_pages: number;
}

/** Thrown by a route and sent as an envelope. */
export class ApiError extends Error {
  readonly status: number;
  readonly errors: ApiMessage[];

  constructor(status: number, error: ApiMessage) {
    super(error.message);
    this.name = "ApiError";
    this.status = status;
    this.errors = [error];
  }
}

export function success(result: unknown, resultInfo?: ResultInfo, messages: ApiMessage[] = []): Envelope {
  const envelope: Envelope = { result, success: true, errors: [], messages };
  return resultInfo ? { ...envelope, result_info: resultInfo } : envelope;
}

export function failure(errors: ApiMessage[]): Envelope {
  return { result: null, success: false, errors, messages: [] };
}
