// Follows the live events of the API, and keeps the last two minutes of them.
import {useEffect, useReducer} from 'preact/hooks';
import {timeOf, tokens} from './totals.js';

const KEPT = 120;
const LINES = 6;
const SILENCE_MS = 2500;
const LONGEST_WAIT_MS = 30_000;

const START = {connected: false, tokens: 0, requests: 0, running: null, history: [], lines: [], at: 0, heard: 0, events: 0};

export function useLive(url, onRefused) {
  const [live, tell] = useReducer(next, START);
  useEffect(() => {
    tell({kind: 'restart'});
    const close = follow(url, tell, onRefused);
    const clock = setInterval(() => tell({kind: 'tick', now: performance.now()}), 1000);
    return () => {
      close();
      clearInterval(clock);
    };
  }, [url]);
  return live;
}

function next(live, event) {
  switch (event.kind) {
    case 'restart':
      return START;
    case 'connected':
      return {...live, connected: true};
    case 'lost':
      return {...live, connected: false};
    case 'usage':
      return added(live, event);
    case 'line':
      return {...live, lines: [event.line, ...live.lines].slice(0, LINES)};
    case 'tick':
      return event.now - live.heard > SILENCE_MS ? push({...live, tokens: 0, requests: 0, at: 0}) : live;
    default:
      throw new Error(`live event: ${event.kind}`);
  }
}

/** An event has what came since the last one; after a silence that is one second's worth. */
function added(live, {usage, now}) {
  const at = timeOf(usage.at);
  const passed = (at - live.at) / 1000;
  const seconds = passed > 0.5 && passed < 2.5 ? passed : 1;
  return push({
    ...live,
    at,
    heard: now,
    events: live.events + 1,
    tokens: tokens(usage) / seconds,
    requests: usage.requests / seconds,
    running: usage.running ?? null,
  });
}

function push(live) {
  return {...live, history: [...live.history, live.tokens].slice(-KEPT)};
}

/**
 * The browser reconnects what breaks; what the server refuses is tried again ever more seldom. A page that is left, and
 * which the browser may keep for the way back, holds none of the few connections that the browser has for a server.
 */
function follow(url, tell, onRefused) {
  let source;
  let timer;
  let wait = 1000;
  const open = () => {
    source = new EventSource(url);
    source.onopen = () => {
      wait = 1000;
      tell({kind: 'connected'});
    };
    source.onerror = () => {
      tell({kind: 'lost'});
      if (source.readyState === EventSource.CLOSED) {
        onRefused();
        timer = setTimeout(open, wait);
        wait = Math.min(2 * wait, LONGEST_WAIT_MS);
      }
    };
    source.addEventListener('usage', ({data}) => tell({kind: 'usage', usage: JSON.parse(data), now: performance.now()}));
    source.addEventListener('line', ({data}) => tell({kind: 'line', line: JSON.parse(data)}));
  };
  const close = () => {
    clearTimeout(timer);
    source.close();
  };
  const back = event => event.persisted && open();
  addEventListener('pagehide', close);
  addEventListener('pageshow', back);
  open();
  return () => {
    removeEventListener('pagehide', close);
    removeEventListener('pageshow', back);
    close();
  };
}
