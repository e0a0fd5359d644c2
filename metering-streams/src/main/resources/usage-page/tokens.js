// What is counted over time, stacked by what the reader chooses.
import {html} from './html.js';
import {address} from './api.js';
import {useAnswer} from './answers.js';
import {Answer, Card, CsvLink} from './card.js';
import {Chart} from './chart.js';
import {count} from './format.js';
import {filterOf, labelsOf, MEASURES, onGrid} from './totals.js';

const COLOURS = 8;
const GROUPS = [
  {id: 'tenant', label: 'Tenant', adminOnly: true},
  {id: 'capability', label: 'Capability'},
  {id: 'model', label: 'Model'},
  {id: 'session', label: 'Session'},
  {id: 'key', label: 'Key'},
];

export function Tokens({me, tenant, place, go, range, starts, money, drill}) {
  const groups = GROUPS.filter(({adminOnly}) => !adminOnly || (me.admin && !tenant));
  const by = groups.some(({id}) => id === place.by) ? place.by : 'model';
  const measure = MEASURES[place.measure] ?? MEASURES.tokens;
  const query = {size: range.size, from: range.from, to: range.to, by, tenant};
  const answer = useAnswer(address('windows', query));
  const tools = html`
    <div class="choice" role="group" aria-label="Measure">
      ${Object.entries(MEASURES).map(([id, {label}]) => html`
        <button type="button" key=${id} aria-pressed=${String(MEASURES[id] === measure)} onClick=${() => go({measure: id})}>${label}</button>`)}
    </div>
    <div class="choice" role="group" aria-label="Stacked by">
      ${groups.map(({id, label}) => html`
        <button type="button" key=${id} aria-pressed=${String(id === by)} onClick=${() => go({by: id})}>${label}</button>`)}
    </div>
    <${CsvLink} url=${address('windows', {...query, format: 'csv'})} what="the usage over time" />`;
  return html`
    <${Card} title=${`${measure.label} by ${by}`} wide tools=${tools}>
      <${Answer} answer=${answer} empty=${({series}) => series.every(({points}) => points.length === 0)}>
        ${({series}) => {
          const stack = stackOf(series, starts, measure.of);
          return html`<${Chart} label=${`${measure.label} by ${by}`} ...${{range, starts}} series=${stack}
            format=${place.measure === 'cost' ? money : count}
            onPick=${(index, hit) => drill.window(starts[index], hit === null ? {} : stack[hit].filter)} />`;
        }}
      <//>
    <//>`;
}

/** The largest series, the first at the bottom; all others summed on top of them. */
function stackOf(series, starts, measure) {
  const all = series.map(({name, points}) => {
    const values = onGrid(points, starts).map(point => (point ? measure(point) : 0));
    return {name, values, size: values.reduce((n, v) => n + v, 0)};
  });
  const named = all.filter(({name}) => !name.other).sort((a, b) => b.size - a.size);
  const rest = [...named.slice(COLOURS), ...all.filter(({name}) => name.other)].filter(({size}) => size > 0);
  const labels = labelsOf(named.slice(0, COLOURS).map(({name}) => name));
  const stack = named.slice(0, COLOURS).map(({name, values}, i) =>
    ({name: labels[i], values, colour: `c${i}`, filter: filterOf(name)}));
  if (rest.length > 0) {
    const values = starts.map((_, i) => rest.reduce((n, one) => n + one.values[i], 0));
    stack.push({name: 'other', values, colour: 'rest', filter: {}});
  }
  return stack;
}
