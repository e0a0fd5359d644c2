// The calls of the server, with the key that the user gave. A key stays in this tab.

const KEY = 'anyserve.key';

export class ApiFailure extends Error {
  constructor(status, error) {
    super(error?.message ?? `the server answered ${status}`);
    this.status = status;
    this.code = error?.code ?? '';
  }
}

export function key() {
  return sessionStorage.getItem(KEY) ?? '';
}

export function setKey(given) {
  if (given) {
    sessionStorage.setItem(KEY, given);
  } else {
    sessionStorage.removeItem(KEY);
  }
}

/** Throws an ApiFailure, or a TypeError where the server cannot be reached. */
async function call(method, address, body) {
  const headers = {};
  if (key()) {
    headers.Authorization = `Bearer ${key()}`;
  }
  if (body) {
    headers['Content-Type'] = 'application/json';
  }
  const response = await fetch(address, { method, headers, body: body && JSON.stringify(body) });
  if (!response.ok) {
    const text = await response.text();
    throw new ApiFailure(response.status, parsed(text)?.error);
  }
  return response;
}

function parsed(text) {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}

/** Those that write text. */
export async function models() {
  const { data } = await (await call('GET', '/v1/models')).json();
  return data.filter((model) => !model.embedding_dimensions);
}

export async function system() {
  return (await call('GET', '/system')).json();
}

/** One page; {data, has_more, next_cursor}. */
export async function sessions(search, cursor) {
  const query = new URLSearchParams({ limit: '50' });
  if (search) {
    query.set('search', search);
  }
  if (cursor) {
    query.set('cursor', cursor);
  }
  return (await call('GET', `/sessions?${query}`)).json();
}

/** The whole conversation, whatever the number of its pages. */
export async function history(id) {
  let page = await historyPage(id, '');
  const { messages, ...conversation } = page;
  const all = [...messages];
  while (page.next_cursor) {
    page = await historyPage(id, `?cursor=${encodeURIComponent(page.next_cursor)}`);
    all.push(...page.messages);
  }
  return { ...conversation, messages: all };
}

async function historyPage(id, query) {
  return (await call('GET', `/chat/history/${encodeURIComponent(id)}${query}`)).json();
}

export async function change(id, what) {
  await call('PATCH', `/chat/history/${encodeURIComponent(id)}`, what);
}

export async function remove(id) {
  await call('DELETE', `/chat/history/${encodeURIComponent(id)}`);
}

/** The current path as Markdown. */
export async function exported(id) {
  return (await call('GET', `/chat/history/${encodeURIComponent(id)}/export`)).text();
}
