// Figures and dates as people read them.

const NUMBER = new Intl.NumberFormat();
const DAY_MS = 86_400_000;

export function count(number, one, many) {
  return `${NUMBER.format(number)} ${number === 1 ? one : many}`;
}

export function seconds(ms) {
  return ms < 1000 ? `${Math.round(ms)} ms` : `${(ms / 1000).toFixed(ms < 10_000 ? 1 : 0)} s`;
}

export function rate(perSecond) {
  return `${perSecond < 10 ? perSecond.toFixed(1) : Math.round(perSecond)} tokens/s`;
}

/** What an answer cost: the smaller the amount, the more digits it has, down to a millionth. */
export function money({ cost_micros: micros, currency }) {
  const value = micros / 1e6;
  const digits = value === 0 || value >= 1 ? 2 : value >= 0.01 ? 4 : 6;
  return new Intl.NumberFormat(undefined, { style: 'currency', currency, minimumFractionDigits: 2, maximumFractionDigits: digits }).format(value);
}

/** The heading below which a conversation of that day stands. */
export function period(milliseconds, now) {
  const today = new Date(now);
  today.setHours(0, 0, 0, 0);
  const age = today.getTime() - milliseconds;
  if (age <= 0) {
    return 'Today';
  }
  if (age <= DAY_MS) {
    return 'Yesterday';
  }
  if (age <= 7 * DAY_MS) {
    return 'Previous 7 days';
  }
  return age <= 30 * DAY_MS ? 'Previous 30 days' : 'Older';
}

/** A time of the API: seconds or milliseconds since the epoch, or ISO 8601; in milliseconds. */
export function time(value) {
  if (typeof value === 'string') {
    return Date.parse(value);
  }
  return value < 100_000_000_000 ? value * 1000 : value;
}
