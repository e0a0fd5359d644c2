// Chooses the time, and for admins the tenant.
import {useState} from 'preact/hooks';
import {html} from './html.js';
import {address} from './api.js';
import {useAnswer} from './answers.js';
import {between} from './format.js';
import {RANGES} from './range.js';

export function Toolbar({me, place, go, range}) {
  return html`
    <div class="toolbar" role="toolbar" aria-label="What is shown">
      <div class="choice" role="group" aria-label="Time range">
        ${RANGES.map(({id, label}, i) => html`
          <button type="button" key=${id} aria-pressed=${String(place.range === id)} aria-keyshortcuts=${i + 1}
              onClick=${() => go({range: id})}>${label}</button>`)}
        <${Custom} ...${{place, go, range}} />
      </div>
      <p class="shown" id="shown-range">${between(range.from, range.to, range.size)} <span class="quiet">by ${range.size}</span></p>
      ${me.admin && html`<${TenantPicker} ...${{place, go, range}} />`}
    </div>`;
}

function Custom({place, go, range}) {
  const [open, setOpen] = useState(false);
  const submit = event => {
    event.preventDefault();
    const {from, to} = event.currentTarget.elements;
    const wrong = utc(from.value) < utc(to.value) ? '' : 'The end must come after the start.';
    to.setCustomValidity(wrong);
    if (event.currentTarget.reportValidity()) {
      go({range: 'custom', from: utc(from.value), to: utc(to.value)});
      setOpen(false);
    }
  };
  return html`
    <button type="button" aria-pressed=${String(place.range === 'custom')} aria-expanded=${String(open)}
        onClick=${() => setOpen(!open)}>Custom…</button>
    ${open && html`
      <form class="custom" aria-label="Custom time range" onSubmit=${submit} onKeyDown=${event => event.key === 'Escape' && setOpen(false)}>
        <label>From, UTC<input type="datetime-local" name="from" required defaultValue=${local(range.from)} ref=${first} /></label>
        <label>To, UTC<input type="datetime-local" name="to" required defaultValue=${local(range.to)}
            onInput=${event => event.currentTarget.setCustomValidity('')} /></label>
        <button type="submit" class="main">Show</button>
      </form>`}`;
}

function first(input) {
  input?.focus();
}

/** An input of local time holds UTC here. */
const local = time => new Date(time).toISOString().slice(0, 16);
const utc = text => Date.parse(`${text}Z`);

function TenantPicker({place, go, range}) {
  const known = useAnswer(address('top', {by: 'tenant', measure: 'tokens', from: range.from, to: range.to, limit: 100}));
  const names = known.data?.rows.map(({name}) => name.tenant) ?? [];
  return html`
    <label class="tenant">Tenant
      <input id="tenant" list="tenants" placeholder="all" value=${place.tenant} autocomplete="off" spellcheck="false"
          onChange=${event => go({tenant: event.currentTarget.value.trim()})} />
      <datalist id="tenants">${names.map(name => html`<option key=${name} value=${name} />`)}</datalist>
    </label>`;
}
