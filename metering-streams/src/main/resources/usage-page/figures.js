// The sums of the range.
import {html} from './html.js';
import {Answer} from './card.js';
import {count, exact, percent} from './format.js';
import {sum, tokens} from './totals.js';

export function Figures({answer, money}) {
  return html`
    <section class="figures" aria-label="Totals of the range">
      <${Answer} answer=${answer}>${({series}) => html`<${Sums} totals=${sum(series[0]?.points ?? [])} money=${money} />`}<//>
    </section>`;
}

function Sums({totals, money}) {
  const {requests, failed, cancelled} = totals;
  return html`
    <dl>
      <${Figure} id="tokens" name="Tokens" value=${tokens(totals)}
        note=${`${count(totals.prompt_tokens)} prompt, ${count(totals.completion_tokens)} completion`} />
      <${Figure} id="requests" name="Requests" value=${requests} note=${`${count(cancelled)} cancelled`} />
      <${Figure} id="cost" name="Cost" value=${totals.cost_micros} text=${money(totals.cost_micros)}
        note=${totals.unpriced > 0 ? `${count(totals.unpriced)} requests without a price` : 'every request priced'} />
      <${Figure} id="failed" name="Errors" value=${failed} text=${percent(requests && failed / requests)} note=${`${exact(failed)} failed`} />
      <${Figure} id="cached" name="Cached prompt" value=${totals.cached_tokens}
        text=${percent(totals.prompt_tokens && totals.cached_tokens / totals.prompt_tokens)} note=${`${count(totals.cached_tokens)} tokens`} />
    </dl>`;
}

function Figure({id, name, value, text = count(value), note}) {
  return html`<div><dt>${name}</dt><dd><data id=${`sum-${id}`} value=${value} title=${exact(value)}>${text}</data></dd><dd class="quiet">${note}</dd></div>`;
}
