// Starts the page: finds out who is looking at it, and asks for a key where that is needed.
import {render} from 'preact';
import {useCallback, useEffect, useState} from 'preact/hooks';
import {html} from './html.js';
import {address, ask, signOut} from './api.js';
import {Page} from './page.js';
import {SignIn} from './sign-in.js';

const RETRY_MS = 2000;

function App() {
  const [me, setMe] = useState({state: 'asking'});
  const find = useCallback(() => {
    ask(address('me'))
      .then(caller => setMe({state: 'in', caller}))
      .catch(error => setMe(last => without(last, error)));
  }, []);
  const leave = useCallback(() => signOut().then(find), []);
  useEffect(find, []);
  useEffect(() => {
    const timer = me.state === 'failed' ? setTimeout(find, RETRY_MS) : undefined;
    return () => clearTimeout(timer);
  }, [me]);

  switch (me.state) {
    case 'asking':
      return html`<header class="top"><p class="brand"><span>AnyServe</span> Usage</p></header>`;
    case 'out':
      return html`<${SignIn} onDone=${find} />`;
    case 'failed':
      return html`<p class="notice" role="alert">${me.error.message} Asking again…</p>`;
    default:
      return html`<${Page} me=${me.caller} signedOut=${find} leave=${leave} />`;
  }
}

/** A page that is shown stays while the server is away for a moment; each part of it says so itself. */
function without(last, error) {
  if (error.signedOut) {
    return {state: 'out'};
  }
  return last.state === 'in' ? last : {state: 'failed', error};
}

const root = document.getElementById('page');
root.replaceChildren();
render(html`<${App} />`, root);
