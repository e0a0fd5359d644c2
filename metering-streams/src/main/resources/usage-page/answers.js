// Hooks that keep what the API answered, and ask again when the page is refreshed or the counters are moving.
import {createContext} from 'preact';
import {useContext, useEffect, useState} from 'preact/hooks';
import {ask} from './api.js';

const RETRY_MS = 2000;

/** `turn` counts refreshes, `signedOut` is called when the API knows the caller no more. */
export const Asking = createContext({turn: 0, signedOut: () => {}});

/** The answer to an address, or to nothing where it is null; the last answer stays while the next is on its way. */
export function useAnswer(url) {
  const {turn, signedOut} = useContext(Asking);
  const [retries, setRetries] = useState(0);
  const [state, setState] = useState({url: null, data: null, error: null});

  useEffect(() => {
    if (url === null) {
      setState({url, data: null, error: null});
      return undefined;
    }
    const leaving = new AbortController();
    let timer;
    const failed = error => {
      if (leaving.signal.aborted) {
        return;
      }
      if (error.signedOut) {
        signedOut();
      } else if (error.passing) {
        timer = setTimeout(() => setRetries(n => n + 1), RETRY_MS);
      }
      setState(last => ({url, data: last.url === url ? last.data : null, error}));
    };
    ask(url, leaving.signal).then(data => setState({url, data, error: null})).catch(failed);
    return () => {
      leaving.abort();
      clearTimeout(timer);
    };
  }, [url, turn, retries, signedOut]);

  return {...state, asking: state.url !== url, retry: () => setRetries(n => n + 1)};
}
