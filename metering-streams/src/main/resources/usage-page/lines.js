// The ledger lines behind a point or a row, page by page.
import {useEffect, useRef, useState} from 'preact/hooks';
import {html} from './html.js';
import {address} from './api.js';
import {useAnswer} from './answers.js';
import {Answer, CsvLink} from './card.js';
import {between, count, duration, secondOf} from './format.js';
import {labelOf, timeOf} from './totals.js';

const PAGE = 50;
const OUTCOMES = ['', 'finished', 'failed', 'cancelled'];

/** @param asked {from, to, size} and the API's filters */
export function Lines({asked, money, onClose}) {
  const {size, from, to, ...filter} = asked;
  const [outcome, setOutcome] = useState(filter.outcome ?? OUTCOMES[0]);
  const box = useRef();
  useEffect(() => {
    box.current.showModal();
  }, []);
  const query = {from, to, ...filter, outcome: outcome || undefined};
  return html`
    <dialog class="lines" ref=${box} aria-labelledby="lines-title" onClose=${onClose}
        onClick=${event => event.target === box.current && box.current.close()}>
      <div class="sheet">
        <header>
          <div><h2 id="lines-title">Requests</h2><p class="quiet">${between(from, to, size)}</p></div>
          <button type="button" class="close" aria-label="Close" onClick=${() => box.current.close()}>✕</button>
        </header>
        <div class="filters">
          ${Object.entries(filter).filter(([name]) => name !== 'outcome').map(([name, value]) => html`
            <span class="chip"><span class="quiet">${name}</span> ${value || 'none'}</span>`)}
          <label>Outcome
            <select onChange=${event => setOutcome(event.currentTarget.value)}>
              ${OUTCOMES.map(one => html`<option value=${one} selected=${one === outcome}>${one || 'any'}</option>`)}
            </select>
          </label>
          <${CsvLink} url=${address('lines', {...query, format: 'csv'})} what="these requests" />
        </div>
        <${Pages} key=${JSON.stringify(query)} query=${query} money=${money} />
      </div>
    </dialog>`;
}

/** The ledger is read in bounded pieces, so a page may be empty although more follow: those are skipped. */
function Pages({query, money}) {
  const [cursors, setCursors] = useState([undefined]);
  const answer = useAnswer(address('lines', {...query, limit: PAGE, cursor: cursors.at(-1)}));
  const {data, asking} = answer;
  const more = data?.next;
  const searching = !asking && more && data.lines.length === 0;
  useEffect(() => {
    if (searching) {
      setCursors(last => [...last.slice(0, -1), more]);
    }
  }, [searching, more]);
  return html`
    <${Answer} answer=${searching ? {...answer, data: null} : answer} empty=${({lines}) => lines.length === 0}>
      ${({lines}) => html`<${Table} lines=${lines} money=${money} />`}
    <//>
    <nav class="pages" aria-label="Pages">
      <button type="button" disabled=${cursors.length < 2 || asking} onClick=${() => setCursors(last => last.slice(0, -1))}>Previous</button>
      <span aria-live="polite">Page ${cursors.length}</span>
      <button type="button" disabled=${!more || asking} onClick=${() => setCursors(last => [...last, more])}>Next</button>
    </nav>`;
}

function Table({lines, money}) {
  return html`
    <div class="scroll" tabindex="0" role="region" aria-label="Ledger lines">
      <table id="ledger">
        <thead><tr><th scope="col">ended, UTC</th><th scope="col">request</th><th scope="col">outcome</th><th scope="col">model</th>
          <th scope="col">session</th><th scope="col">key</th><th scope="col" class="number">prompt</th><th scope="col" class="number">completion</th>
          <th scope="col" class="number">cost</th><th scope="col" class="number">first token</th><th scope="col" class="number">duration</th></tr></thead>
        <tbody>${lines.map(line => html`<${Line} key=${line.request_id} line=${line} money=${money} />`)}</tbody>
      </table>
    </div>`;
}

function Line({line, money}) {
  const started = line.started_at ? timeOf(line.started_at) : null;
  const after = time => (started === null || !time ? null : timeOf(time) - started);
  return html`
    <tr>
      <th scope="row">${secondOf(timeOf(line.ended_at))}</th>
      <td class="id" title=${line.request_id}>${line.request_id}</td>
      <td><span class=${`outcome ${line.outcome}`}>${line.outcome}</span>${line.code && html` <span class="quiet">${line.code}</span>`}</td>
      <td>${labelOf({model: line.model, capability: line.capability})}</td>
      <td class="id" title=${line.session}>${line.session}</td>
      <td>${line.key || '–'}</td>
      <td class="number">${count(line.prompt_tokens)}</td>
      <td class="number">${count(line.completion_tokens)}</td>
      <td class="number">${line.price_version ? money(line.cost_micros) : '–'}</td>
      <td class="number">${duration(after(line.first_token_at))}</td>
      <td class="number">${duration(after(line.ended_at))}</td>
    </tr>`;
}
