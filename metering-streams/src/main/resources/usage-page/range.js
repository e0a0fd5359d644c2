// Which time the page shows, and in windows of which size.

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;

export const LENGTH = {minute: MINUTE, hour: HOUR, day: DAY};

export const RANGES = [
  {id: 'hour', label: 'Hour', size: 'minute', windows: 60},
  {id: 'day', label: 'Day', size: 'hour', windows: 24},
  {id: 'week', label: 'Week', size: 'hour', windows: 168},
  {id: 'month', label: '30 days', size: 'day', windows: 30},
  {id: 'quarter', label: '90 days', size: 'day', windows: 90},
];

/** From inclusive and to exclusive, both at edges of windows; the window that is being filled belongs to it. */
export function rangeOf({range, from, to}, now) {
  const known = RANGES.find(({id}) => id === range);
  if (known) {
    const end = floor(now, known.size) + LENGTH[known.size];
    return {from: end - known.windows * LENGTH[known.size], to: end, size: known.size, rolling: true};
  }
  const size = sizeFor(from, to, now);
  const end = floor(to - 1, size) + LENGTH[size];
  return {from: Math.min(floor(from, size), end - LENGTH[size]), to: end, size, rolling: false};
}

/** The smallest windows that are still kept for that time and not too many to look at; rankings use the same. */
function sizeFor(from, to, now) {
  if (to - from <= 6 * HOUR && now - from <= 46 * HOUR) {
    return 'minute';
  }
  return to - from <= 7 * DAY && now - from <= 99 * DAY ? 'hour' : 'day';
}

export function startsOf({from, to, size}) {
  const step = LENGTH[size];
  return Array.from({length: Math.round((to - from) / step)}, (_, i) => from + i * step);
}

function floor(time, size) {
  return Math.floor(time / LENGTH[size]) * LENGTH[size];
}
