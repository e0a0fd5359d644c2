// What goes on this second.
import {useEffect, useRef, useState} from 'preact/hooks';
import {html} from './html.js';
import {Card} from './card.js';
import {count, rate, secondOf} from './format.js';
import {labelOf, timeOf, tokens} from './totals.js';

const SPOKEN_EVERY_MS = 10_000;

export function Live({live}) {
  const state = live.connected ? 'live' : 'connecting…';
  return html`
    <${Card} title="Now" wide note=${html`<span class=${`pulse ${live.connected ? 'on' : ''}`}></span>${state}`}>
      <div class="live">
        <dl>
          <div><dt>tokens/s</dt><dd><data id="live-tokens" value=${live.tokens}>${rate(live.tokens)}</data></dd></div>
          <div><dt>requests/s</dt><dd><data id="live-requests" value=${live.requests}>${rate(live.requests)}</data></dd></div>
          ${live.running !== null && html`<div><dt>running</dt><dd>${count(live.running)}</dd></div>`}
        </dl>
        <${Spark} history=${live.history} />
        <${Latest} lines=${live.lines} />
      </div>
      <${Spoken} live=${live} />
    <//>`;
}

/** Tokens per second of the last two minutes. */
function Spark({history}) {
  const top = Math.max(1, ...history);
  const x = i => 240 - 2 * (history.length - 1 - i);
  const points = history.map((value, i) => `${x(i)},${(58 - (54 * value) / top).toFixed(1)}`);
  const area = history.length > 1 ? `M${x(0)},60 L${points.join(' L')} L240,60 Z` : '';
  return html`
    <figure class="spark">
      <svg viewBox="0 0 240 60" preserveAspectRatio="none" role="img" aria-label="Tokens per second in the last two minutes">
        <path class="area" d=${area} />
        <polyline class="line" points=${points.join(' ')} />
      </svg>
      <figcaption class="quiet"><span>2 min ago</span><span>peak ${rate(Math.max(0, ...history))}</span><span>now</span></figcaption>
    </figure>`;
}

function Latest({lines}) {
  if (lines.length === 0) {
    return html`<p class="latest quiet">Requests appear here as they end.</p>`;
  }
  return html`
    <ol class="latest" aria-label="Latest requests">
      ${lines.map(line => html`
        <li key=${line.request_id}>
          <span class="quiet">${secondOf(timeOf(line.ended_at)).split(', ').at(-1)}</span>
          <span class="name">${labelOf({model: line.model, capability: line.capability})}</span>
          <span class=${`outcome ${line.outcome}`}>${line.outcome}</span>
          <span class="value">${count(tokens(line))}</span>
        </li>`)}
    </ol>`;
}

/** For screen readers, which nobody wants to hear each second. */
function Spoken({live}) {
  const [text, setText] = useState('');
  const latest = useRef(live);
  latest.current = live;
  useEffect(() => {
    const say = () => setText(`${rate(latest.current.tokens)} tokens and ${rate(latest.current.requests)} requests per second`);
    const first = setTimeout(say, 1500);
    const timer = setInterval(say, SPOKEN_EVERY_MS);
    return () => {
      clearTimeout(first);
      clearInterval(timer);
    };
  }, []);
  return html`<p id="live-spoken" class="unseen" aria-live="polite">${text}</p>`;
}
