// The HTTP API of usage: addresses, answers, and what went wrong with them.

const SIGNED_IN = 'usage.signed-in';

export class ApiError extends Error {

  constructor(status, code, message) {
    super(message);
    this.status = status;
    this.code = code;
  }

  get signedOut() {
    return this.status === 401;
  }

  /** The counters are starting or moving: asking again helps. */
  get passing() {
    return this.status === 503 || this.status === 0;
  }
}

/** An address of the API; undefined parameters are left out, empty ones are not: an empty key means anonymous callers. */
export function address(path, parameters = {}) {
  const given = Object.entries(parameters).filter(([, value]) => value !== undefined);
  const query = new URLSearchParams(given).toString();
  return `/v1/usage/${path}${query && `?${query}`}`;
}

export async function ask(url, signal) {
  const response = await send(url, {signal, headers: {accept: 'application/json'}});
  return response.json();
}

/** Lets the server set its cookie; the key is kept nowhere else. */
export async function signIn(key) {
  await send('/usage/login', {method: 'POST', headers: {'content-type': 'application/json'}, body: JSON.stringify({key})});
  localStorage.setItem(SIGNED_IN, 'yes');
}

export async function signOut() {
  await send('/usage/logout', {method: 'POST'});
  localStorage.removeItem(SIGNED_IN);
}

/** Whether there is something to sign out of: without configured keys nobody signs in. */
export const signedIn = () => localStorage.getItem(SIGNED_IN) !== null;

async function send(url, options) {
  let response;
  try {
    response = await fetch(url, {credentials: 'same-origin', ...options});
  } catch (e) {
    if (e.name === 'AbortError') {
      throw e;
    }
    throw new ApiError(0, 'UNREACHABLE', 'The server does not answer.');
  }
  if (!response.ok) {
    throw await refusal(response);
  }
  return response;
}

async function refusal(response) {
  try {
    const {error} = await response.json();
    return new ApiError(response.status, error.code, error.message);
  } catch {
    return new ApiError(response.status, 'UNKNOWN', `The server answered ${response.status}.`);
  }
}
