/** HTTP to our own server: addresses relative to the page's base, errors as one class. */

import { parseExact } from "./exact";

/** Refused, failed or unreachable; `status` is 0 when no answer came at all. */
export class ApiError extends Error {
  readonly status: number;
  readonly errorType: string;

  constructor(message: string, status: number, errorType: string) {
    super(message);
    this.name = "ApiError";
    this.status = status;
    this.errorType = errorType;
  }

  /** True when the server itself could not be reached. */
  get unreachable(): boolean {
    return this.status === 0;
  }
}

/** How soon to ask again a server whose store is still opening. */
const STARTING_RETRY_MS = 100;
const RETRIES = 3;

/** True while the server says that the part which answers is not there yet. */
const isStarting = (error: unknown): boolean => error instanceof ApiError && error.status === 503;

/** Whether a query that failed is sent again: always while the server starts, never when it was refused. */
export function mayRetry(failures: number, error: unknown): boolean {
  if (isStarting(error)) return true;
  const refused = error instanceof ApiError && error.status >= 400 && error.status < 500;
  return !refused && failures < RETRIES;
}

/** ms before a query that failed is sent again. */
export const retryDelayMs = (failures: number, error: unknown): number =>
  isStarting(error) ? STARTING_RETRY_MS * Math.min(10, failures + 1) : 1000 * 2 ** failures;

export const UNREACHABLE = "The server cannot be reached.";

export type Params = Record<string, string | number>;

/** GET `path` (no leading slash: the page's base decides where the server lives). */
export async function get(path: string, params: Params, init: RequestInit): Promise<Response> {
  const response = await ask(path, params, init);
  if (!response.ok) throw await asError(response);
  return response;
}

/** Sends JSON and gives the answer; one that refuses is an answer where its code is among `accepted`. */
export async function send<T>(
  method: "POST" | "PUT" | "DELETE",
  path: string,
  { params = {}, text, accepted = [] }: { params?: Params; text?: string; accepted?: readonly number[] } = {},
): Promise<T> {
  const content = text === undefined ? {} : { body: text, headers: { "Content-Type": "application/json" } };
  const response = await ask(path, params, { method, ...content });
  if (!response.ok && !accepted.includes(response.status)) throw await asError(response);
  const answer = await response.text();
  return (answer === "" ? undefined : JSON.parse(answer)) as T; // Alertmanager's API says nothing where all is well
}

/** Longest query string that goes in an address; proxies refuse, and servers cut, what is much longer. */
const LONGEST_QUERY = 2000;

/** Asks the Prometheus API: by address where that is short, else by a form. */
export async function query(path: string, params: Params, init: RequestInit): Promise<Response> {
  const form = formOf(params);
  if (form.toString().length <= LONGEST_QUERY) return get(path, params, init);
  const response = await ask(path, {}, { ...init, method: "POST", body: form });
  if (!response.ok) throw await asError(response);
  return response;
}

const formOf = (params: Params): URLSearchParams =>
  new URLSearchParams(Object.entries(params).map(([key, value]) => [key, String(value)]));

async function ask(path: string, params: Params, init: RequestInit): Promise<Response> {
  const form = formOf(params);
  const address = form.size > 0 ? `${path}?${form.toString()}` : path;
  return fetch(address, init).catch((error: unknown) => {
    if (error instanceof DOMException && error.name === "AbortError") throw error;
    throw new ApiError(UNREACHABLE, 0, "unreachable");
  });
}

/** GET a JSON document. */
export async function getJson<T>(path: string, params: Params = {}, signal?: AbortSignal): Promise<T> {
  const response = await get(path, params, signal === undefined ? {} : { signal });
  return (await response.json()) as T;
}

/** The same for documents that are sent back: no number in them is rounded. */
export async function getDocument<T>(path: string, signal?: AbortSignal): Promise<T> {
  const response = await get(path, {}, signal === undefined ? {} : { signal });
  return parseExact(await response.text()) as T;
}

/** Asks the Prometheus API and unwraps its envelope. */
export async function getData<T>(path: string, params: Params = {}, signal?: AbortSignal): Promise<T> {
  const response = await query(path, params, signal === undefined ? {} : { signal });
  return ((await response.json()) as { data: T }).data;
}

interface ErrorBody {
  error?: string;
  errorType?: string;
  /** What to ask instead, where the server has a guess. */
  hint?: string;
  message?: string;
  /** More of the reason, beside `message`. */
  detail?: string;
}

async function asError(response: Response): Promise<ApiError> {
  const answered = (await response.json().catch(() => ({}))) as ErrorBody | string;
  const body: ErrorBody = typeof answered === "string" ? { message: answered } : answered; // as Alertmanager writes it
  const text = body.error ?? body.message ?? `The server answered ${response.status} ${response.statusText}.`;
  const detail = body.detail === undefined ? "" : `: ${body.detail}`;
  const hint = body.hint === undefined ? "" : ` (${body.hint})`;
  return new ApiError(text + detail + hint, response.status, body.errorType ?? "");
}
