// Numbers and times as text, in the reader's language. Times are UTC everywhere on this page.

const compact = new Intl.NumberFormat(undefined, {notation: 'compact', maximumFractionDigits: 1});
const whole = new Intl.NumberFormat(undefined, {maximumFractionDigits: 0});
const upToOne = new Intl.NumberFormat(undefined, {maximumFractionDigits: 1});
const share = new Intl.NumberFormat(undefined, {style: 'percent', maximumFractionDigits: 2});

const DAY = {timeZone: 'UTC', day: 'numeric', month: 'short'};
const CLOCK = {timeZone: 'UTC', hour: '2-digit', minute: '2-digit', hourCycle: 'h23'};
const day = new Intl.DateTimeFormat(undefined, DAY);
const fullDay = new Intl.DateTimeFormat(undefined, {...DAY, year: 'numeric'});
const clock = new Intl.DateTimeFormat(undefined, CLOCK);
const moment = new Intl.DateTimeFormat(undefined, {...DAY, ...CLOCK});
const second = new Intl.DateTimeFormat(undefined, {...DAY, ...CLOCK, second: '2-digit'});

export const count = n => (Math.abs(n) < 10_000 ? whole : compact).format(n);
export const exact = n => whole.format(n);
export const rate = n => (n < 100 ? upToOne : whole).format(n);
export const percent = fraction => share.format(fraction);

/** Milliseconds. */
export function duration(ms) {
  if (ms === null || ms === undefined) {
    return '–';
  }
  return ms < 1000 ? `${whole.format(ms)} ms` : `${upToOne.format(ms / 1000)} s`;
}

/** How long until something, in its two largest units. */
export function span(ms) {
  const minutes = Math.max(0, Math.round(ms / 60_000));
  if (minutes < 1) {
    return 'under a minute';
  }
  const parts = [
    [Math.floor(minutes / 1440), 'd'], [Math.floor(minutes / 60) % 24, 'h'], [minutes % 60, 'min'],
  ];
  return parts.filter(([n]) => n > 0).slice(0, 2).map(([n, unit]) => `${n} ${unit}`).join(' ');
}

/** A formatter for millionths of the price book's currency, which need not be one that Intl knows. */
export function money(currency) {
  const known = new Map();
  const format = digits => known.get(digits) ?? known.set(digits, amount(currency, digits)).get(digits);
  return micros => {
    const value = micros / 1e6;
    const size = Math.abs(value);
    return format(size >= 1000 ? 0 : size >= 1 || size === 0 ? 2 : size >= 0.01 ? 4 : 6)(value);
  };
}

function amount(currency, digits) {
  const places = {minimumFractionDigits: Math.min(2, digits), maximumFractionDigits: digits};
  try {
    return new Intl.NumberFormat(undefined, {style: 'currency', currency, ...places}).format;
  } catch {
    const plain = new Intl.NumberFormat(undefined, places);
    return value => `${plain.format(value)} ${currency ?? ''}`.trim();
  }
}

export const dayOf = time => day.format(time);
export const fullDayOf = time => fullDay.format(time);
export const clockOf = time => clock.format(time);
export const momentOf = time => moment.format(time);
export const secondOf = time => second.format(time);

/** A window or range, both ends named as people name them: the last day of days, the end of hours. */
export function between(from, to, size) {
  if (size === 'day') {
    const last = to - 86_400_000;
    return `${last <= from ? '' : `${dayOf(from)} – `}${fullDayOf(last)} UTC`;
  }
  const sameDay = dayOf(from) === dayOf(to - 1);
  return `${momentOf(from)} – ${sameDay ? clockOf(to) : momentOf(to)} UTC`;
}
