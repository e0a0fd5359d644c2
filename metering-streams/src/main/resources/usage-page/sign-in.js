// Asks for a key and gives it to the server, which answers with a cookie that no script can read.
import {useState} from 'preact/hooks';
import {html} from './html.js';
import {signIn} from './api.js';

export function SignIn({onDone}) {
  const [state, setState] = useState({busy: false, error: ''});
  const submit = async event => {
    event.preventDefault();
    const {key} = event.currentTarget.elements;
    setState({busy: true, error: ''});
    try {
      await signIn(key.value);
      key.value = '';
      onDone();
    } catch (error) {
      setState({busy: false, error: error.signedOut ? 'This key is not known.' : error.message});
      key.focus();
    }
  };
  return html`
    <main class="sign-in">
      <form class="card" onSubmit=${submit}>
        <h1>Usage</h1>
        <p class="quiet">Sign in with an API key. It shows what its tenant used.</p>
        <label>API key<input type="password" name="key" required autofocus autocomplete="current-password" aria-describedby="sign-in-error" /></label>
        <p id="sign-in-error" class="error" role="alert">${state.error}</p>
        <button type="submit" class="main" disabled=${state.busy}>Sign in</button>
      </form>
    </main>`;
}
