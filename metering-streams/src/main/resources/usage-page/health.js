// How well it went: cost, errors and times of everything, over time. All are drawn from one answer.
import {html} from './html.js';
import {Answer, Card} from './card.js';
import {Chart} from './chart.js';
import {duration, percent} from './format.js';
import {onGrid} from './totals.js';

const QUANTILES = [['p50', 'c0'], ['p90', 'c1'], ['p99', 'c2']];

export function Health({answer, range, starts, money, drill}) {
  const common = {answer, range, starts, drill};
  const failed = point => (point.requests > 0 ? point.failed / point.requests : null);
  return html`
    <${OverTime} ...${common} title="Cost" kind="bars" format=${money}
      series=${[{name: 'cost', colour: 'c0', of: point => point.cost_micros}]} />
    <${OverTime} ...${common} title="Error rate" kind="lines" format=${percent}
      series=${[{name: 'failed', colour: 'bad', of: failed}]} outcome="failed" />
    <${OverTime} ...${common} title="Time to first token" kind="lines" format=${duration} series=${quantiles('first_token_ms')} />
    <${OverTime} ...${common} title="Duration" kind="lines" format=${duration} series=${quantiles('duration_ms')} />`;
}

function quantiles(measure) {
  return QUANTILES.map(([name, colour]) => ({name, colour, of: point => point[measure]?.[name] ?? null}));
}

function OverTime({answer, range, starts, drill, title, kind, format, series, outcome}) {
  const none = kind === 'bars' ? 0 : null;
  return html`
    <${Card} title=${title}>
      <${Answer} answer=${answer} empty=${found => (found.series[0]?.points ?? []).length === 0}>
        ${found => {
          const points = onGrid(found.series[0].points, starts);
          const drawn = series.map(({name, colour, of}) => ({name, colour, values: points.map(point => (point ? of(point) : none))}));
          return html`<${Chart} label=${title} ...${{range, starts, kind, format}} series=${drawn} total=${kind === 'bars'}
            onPick=${index => drill.window(starts[index], outcome ? {outcome} : {})} />`;
        }}
      <//>
    <//>`;
}
