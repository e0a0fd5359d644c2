// Sums over the API's totals, and the names of what they are of.

export const tokens = t => t.prompt_tokens + t.completion_tokens;

export const MEASURES = {
  tokens: {label: 'Tokens', of: tokens},
  cost: {label: 'Cost', of: t => t.cost_micros},
  requests: {label: 'Requests', of: t => t.requests},
};

const COUNTS = [
  'requests', 'finished', 'failed', 'cancelled', 'prompt_tokens', 'completion_tokens', 'cached_tokens',
  'engine_micros', 'cost_micros', 'unpriced',
];

/** What counts of all points; percentiles do not add up and are left out. */
export function sum(points) {
  return Object.fromEntries(COUNTS.map(name => [name, points.reduce((n, point) => n + (point[name] ?? 0), 0)]));
}

/** The points of a series laid on the starts of all windows, null where there is none. */
export function onGrid(points, starts) {
  const byStart = new Map(points.map(point => [timeOf(point.start), point]));
  return starts.map(start => byStart.get(start) ?? null);
}

/** The API gives times as ISO-8601 or as epoch milliseconds. */
export function timeOf(time) {
  return typeof time === 'number' ? time : Date.parse(time);
}

/**
 * How people call a series or row, which is named by an object such as {capability, model}. The model of requests that
 * nobody took is empty, and so is the key of anonymous callers.
 */
export function labelOf(name) {
  if (isRest(name)) {
    return 'other';
  }
  const {tenant, session, key, model, capability} = name;
  const own = session || (key === '' ? 'anonymous' : key) || model || capability;
  return own && tenant ? `${tenant} / ${own}` : own || tenant || 'nobody';
}

/** The same for many at once, with the capability where a model serves several. */
export function labelsOf(names) {
  const short = names.map(labelOf);
  const alone = label => short.indexOf(label) === short.lastIndexOf(label);
  return names.map((name, i) => (alone(short[i]) ? short[i] : Object.values(name).join(' · ')));
}

/** The parameters with which the API answers for that name alone. */
export function filterOf(name) {
  return isRest(name) ? {} : name;
}

function isRest(name) {
  return Boolean(name.other);
}
