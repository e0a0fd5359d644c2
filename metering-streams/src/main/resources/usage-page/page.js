// The page of somebody who is signed in.
import {useMemo, useState} from 'preact/hooks';
import {html} from './html.js';
import {address, signedIn} from './api.js';
import {Asking, useAnswer} from './answers.js';
import {money} from './format.js';
import {Figures} from './figures.js';
import {Health} from './health.js';
import {useShortcuts} from './keys.js';
import {Lines} from './lines.js';
import {useLive} from './live.js';
import {Live} from './live-view.js';
import {usePlace} from './place.js';
import {Quotas} from './quotas.js';
import {LENGTH, RANGES, rangeOf, startsOf} from './range.js';
import {useRefresh} from './refresh.js';
import {nextTheme, ThemeSwitch} from './theme-switch.js';
import {Tokens} from './tokens.js';
import {Toolbar} from './toolbar.js';
import {Top} from './top.js';

export function Page({me, signedOut, leave}) {
  const [place, go] = usePlace();
  const live = useLive(address('live', {tenant: place.tenant || undefined}), signedOut);
  const {size, rolling} = rangeOf(place, Date.now());
  const {now, turn, refresh} = useRefresh(size, rolling, live.events);
  const asking = useMemo(() => ({turn, signedOut}), [turn, signedOut]);
  useShortcuts({
    ...Object.fromEntries(RANGES.map(({id}, i) => [String(i + 1), () => go({range: id})])),
    r: refresh,
    t: nextTheme,
  });
  return html`
    <${Asking.Provider} value=${asking}>
      <header class="top">
        <p class="brand"><span>AnyServe</span> Usage</p>
        ${me.chat_url && html`<${Links} chat=${me.chat_url} />`}
        <p class="who">${me.admin ? html`<span class="chip">admin</span>` : null}<span id="who">${me.tenant}</span></p>
        ${signedIn() && html`<button type="button" class="leave" onClick=${leave}>Sign out</button>`}
        <${ThemeSwitch} />
      </header>
      <${Board} ...${{me, place, go, live, now}} />
      <footer>All times are UTC. Keys: <kbd>1</kbd>–<kbd>5</kbd> range, <kbd>r</kbd> refresh, <kbd>t</kbd> theme,
        <kbd>←</kbd> <kbd>→</kbd> <kbd>Enter</kbd> in a chart.</footer>
    <//>`;
}

/** To the pages of the ingress, which has another address. */
function Links({chat}) {
  return html`
    <nav class="links" aria-label="Other pages">
      <a href=${chat}>Chat</a>
      <a href=${new URL('/docs', chat).href}>API</a>
    </nav>`;
}

function Board({me, place, go, live, now}) {
  const [asked, setAsked] = useState(null);
  const range = rangeOf(place, now);
  const starts = startsOf(range);
  const price = useMemo(() => money(me.currency), [me.currency]);
  const tenant = place.tenant || undefined;
  const all = useAnswer(address('windows', {size: range.size, from: range.from, to: range.to, by: 'none', tenant}));
  const drill = {
    window: (start, filter) => setAsked({from: start, to: start + LENGTH[range.size], size: range.size, ...scope(tenant), ...filter}),
    range: filter => setAsked({from: range.from, to: range.to, size: range.size, ...scope(tenant), ...filter}),
  };
  const common = {tenant, place, go, range, starts, money: price, drill};
  return html`
    <main class="board">
      <${Toolbar} ...${{me, place, go, range}} />
      <${Live} live=${live} />
      <${Figures} answer=${all} money=${price} />
      <${Tokens} me=${me} ...${common} />
      <${Health} answer=${all} ...${common} />
      <${Quotas} ...${{me, tenant, money: price, now}} />
      ${me.admin && !tenant && html`<${Top} by="tenant" title="Top tenants" ...${common} />`}
      <${Top} by="session" title="Top sessions" ...${common} />
      <${Top} by="key" title="Top keys" ...${common} />
      <${Top} by="model" title="Top models" ...${common} />
      ${asked && html`<${Lines} asked=${asked} money=${price} onClose=${() => setAsked(null)} />`}
    </main>`;
}

function scope(tenant) {
  return tenant ? {tenant} : {};
}
