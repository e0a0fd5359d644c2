// A titled box around an answer: says that it is on its way, empty, or failed.
import {html} from './html.js';

export function Card({title, note, tools, wide, children}) {
  const id = `card-${title.toLowerCase().replaceAll(/[^a-z]+/g, '-')}`;
  return html`
    <section class=${`card ${wide ? 'wide' : ''}`} aria-labelledby=${id}>
      <header><h2 id=${id}>${title}</h2>${note && html`<p class="quiet">${note}</p>`}<div class="tools">${tools}</div></header>
      ${children}
    </section>`;
}

/**
 * Shows what the children make of the data.
 *
 * @param empty tells data that shows nothing
 * @param children a function of the data
 */
export function Answer({answer, empty = () => false, nothing = 'No requests in this time.', children}) {
  const {data, error, retry} = answer;
  if (error) {
    return html`<${Trouble} error=${error} retry=${retry} />`;
  }
  if (data === null) {
    return html`<p class="state" role="status">Loading…</p>`;
  }
  return empty(data) ? html`<p class="state">${nothing}</p>` : children(data);
}

function Trouble({error, retry}) {
  return html`
    <div class="state trouble" role="alert">
      <p>${error.message}</p>
      ${error.passing ? html`<p class="quiet">Asking again…</p>` : html`<button type="button" onClick=${retry}>Try again</button>`}
    </div>`;
}

/** A link under which the browser saves the same figures as CSV. */
export function CsvLink({url, what}) {
  return html`<a class="csv" href=${url} download aria-label=${`Download ${what} as CSV`}>CSV</a>`;
}
