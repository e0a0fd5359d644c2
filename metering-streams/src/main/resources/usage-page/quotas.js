// How much of each quota is left, and how long it lasts at the pace of its period so far.
import {html} from './html.js';
import {address} from './api.js';
import {useAnswer} from './answers.js';
import {Answer, Card} from './card.js';
import {count, momentOf, percent, span} from './format.js';
import {timeOf} from './totals.js';

const WIDTH = 240;
const HEIGHT = 64;

export function Quotas({me, tenant, money, now}) {
  const answer = useAnswer(address('quotas', {tenant}));
  return html`
    <${Card} title="Quotas" wide note=${tenant ?? me.tenant}>
      <${Answer} answer=${answer} empty=${({limits}) => limits.length === 0} nothing="No quota is set.">
        ${({limits}) => html`<ul class="quotas">${limits.map(limit => html`<${Quota} ...${{limit, money, now}} />`)}</ul>`}
      <//>
    <//>`;
}

function Quota({limit, money, now}) {
  const format = limit.measure === 'cost' ? money : count;
  const pace = paceOf(limit, now);
  const name = `${limit.scope}, ${limit.measure} per ${limit.period}`;
  return html`
    <li class=${`quota ${pace.level}`}>
      <h3>${limit.scope}<span class="quiet"> ${limit.measure} per ${limit.period}</span></h3>
      <p class="left"><strong>${format(limit.left)}</strong> left of ${format(limit.limit)}</p>
      <${Bar} ...${{limit, name}} />
      <p class="quiet">${format(limit.used)} used, ${format(limit.reserved)} reserved</p>
      <${BurnDown} ...${{limit, pace, name}} />
      <p class="verdict">${verdict(pace, now)}</p>
      <p class="quiet">resets ${momentOf(pace.end)} UTC, in ${span(pace.end - now)}</p>
    </li>`;
}

function Bar({limit, name}) {
  const share = n => (limit.limit > 0 ? Math.min(100, (100 * n) / limit.limit) : 100);
  const used = share(limit.used);
  const reserved = Math.min(100 - used, share(limit.reserved));
  return html`
    <svg class="bar" viewBox="0 0 100 6" preserveAspectRatio="none" role="img" aria-label=${`${name}: ${percent(used / 100)} used`}>
      <rect class="track" width="100" height="6" />
      <rect class="used" width=${used} height="6" />
      <rect class="reserved" x=${used} width=${reserved} height="6" />
    </svg>`;
}

/** What was left over the period as a straight line to now, and from there on the projection. */
function BurnDown({limit, pace, name}) {
  const x = time => (WIDTH * (time - pace.start)) / (pace.end - pace.start);
  const y = left => HEIGHT - 2 - (HEIGHT - 4) * Math.max(0, Math.min(1, limit.limit > 0 ? left / limit.limit : 0));
  const here = `${x(pace.now)},${y(limit.left)}`;
  const goal = pace.emptyAt ? `${x(pace.emptyAt)},${y(0)}` : `${WIDTH},${y(limit.limit - pace.projected)}`;
  return html`
    <svg class="burn" viewBox=${`0 0 ${WIDTH} ${HEIGHT}`} preserveAspectRatio="none" role="img" aria-label=${`${name}: burn-down to the reset`}>
      <path class="ideal" d=${`M0,${y(limit.limit)} L${WIDTH},${y(0)}`} />
      <path class="past" d=${`M0,${y(limit.limit)} L${here}`} />
      <path class="ahead" d=${`M${here} L${goal}`} />
      <path class="today" d=${`M${x(pace.now)},0 V${HEIGHT}`} />
    </svg>`;
}

/**
 * The projection: what is used and reserved now, carried on at the average of the period so far.
 *
 * @return projected use at the end, and where that is beyond the limit when it is reached
 */
export function paceOf({limit, used, reserved, period, resets_at: resetsAt}, wallClock) {
  const end = timeOf(resetsAt);
  const start = startOf(period, end);
  const now = Math.max(start + 1000, Math.min(wallClock, end));
  const taken = used + reserved;
  const perMs = taken / (now - start);
  const projected = taken + perMs * (end - now);
  const emptyAt = taken >= limit ? now : projected > limit ? start + limit / perMs : null;
  const level = taken >= limit ? 'out' : emptyAt ? 'short' : 'fine';
  return {start, end, now, projected, share: limit > 0 ? projected / limit : 1, emptyAt, level};
}

function startOf(period, end) {
  const start = new Date(end);
  switch (period) {
    case 'minute':
      return end - 60_000;
    case 'day':
      return end - 86_400_000;
    case 'month':
      return start.setUTCMonth(start.getUTCMonth() - 1);
    default:
      throw new Error(`quota period: ${period} (expected: minute, day or month)`);
  }
}

function verdict({level, emptyAt, share}, now) {
  switch (level) {
    case 'out':
      return 'Used up';
    case 'short':
      return `Used up in ${span(emptyAt - now)} at this pace, ${momentOf(emptyAt)} UTC`;
    default:
      return `${percent(share)} used at the reset at this pace`;
  }
}
