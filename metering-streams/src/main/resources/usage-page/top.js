// Who and what used most.
import {html} from './html.js';
import {address} from './api.js';
import {useAnswer} from './answers.js';
import {Answer, Card, CsvLink} from './card.js';
import {count, duration, percent} from './format.js';
import {filterOf, labelsOf, MEASURES, tokens} from './totals.js';

const LIMIT = 10;

export function Top({by, title, tenant, place, range, money, drill}) {
  const measure = MEASURES[place.measure] ? place.measure : 'tokens';
  const query = {by, measure, from: range.from, to: range.to, limit: LIMIT, tenant};
  const answer = useAnswer(address('top', query));
  const tools = html`<${CsvLink} url=${address('top', {...query, limit: 1000, format: 'csv'})} what=${title.toLowerCase()} />`;
  return html`
    <${Card} title=${title} note=${`by ${measure}`} tools=${tools}>
      <${Answer} answer=${answer} empty=${({rows}) => rows.length === 0}>
        ${({rows}) => html`<${Rows} ...${{by, title, rows, measure, money, drill}} />`}
      <//>
    <//>`;
}

function Rows({by, title, rows, measure, money, drill}) {
  const {of} = MEASURES[measure];
  const labels = labelsOf(rows.map(({name}) => name));
  const most = Math.max(1, ...rows.map(({totals}) => of(totals)));
  return html`
    <div class="scroll">
      <table class="ranking" id=${`top-${by}`} aria-label=${title}>
        <thead><tr><th scope="col">${by}</th><th scope="col" class="number">tokens</th><th scope="col" class="number">cost</th>
          <th scope="col" class="number">requests</th><th scope="col" class="number extra">errors</th><th scope="col" class="number extra">first token p90</th></tr></thead>
        <tbody>
          ${rows.map(({name, totals}, i) => html`
            <tr key=${JSON.stringify(name)}>
              <th scope="row">
                <button type="button" class="link" title=${`Requests of ${labels[i]}`} onClick=${() => drill.range(filterOf(name))}>${labels[i]}</button>
                <svg class="share" viewBox="0 0 100 2" preserveAspectRatio="none" aria-hidden="true"><rect width=${(100 * of(totals)) / most} height="2" /></svg>
              </th>
              <td class="number"><data value=${tokens(totals)}>${count(tokens(totals))}</data></td>
              <td class="number"><data value=${totals.cost_micros}>${money(totals.cost_micros)}</data></td>
              <td class="number"><data value=${totals.requests}>${count(totals.requests)}</data></td>
              <td class="number extra">${percent(totals.requests && totals.failed / totals.requests)}</td>
              <td class="number extra">${duration(totals.first_token_ms?.p90)}</td>
            </tr>`)}
        </tbody>
      </table>
    </div>`;
}
