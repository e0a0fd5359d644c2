// Starts the reference of the API: reads the description that the server makes of itself, and draws what the address
// names: an operation, a schema, or the overview.

import { operations, sockets } from './docs-model.js';
import { docsPage } from './docs-page.js';
import { patch } from './view.js';

const LANGUAGE = 'anyserve.language';
const root = document.getElementById('app');

const docs = {
  api: null,
  operations: [],
  sockets: [],
  trouble: '',
  place: '',
  filter: '',
  sidebar: false,
  language: localStorage.getItem(LANGUAGE) ?? 'curl',
  changed: draw,
  choose(language) {
    docs.language = language;
    localStorage.setItem(LANGUAGE, language);
    draw();
  } };

function draw() {
  patch(root, [docsPage(docs)]);
}

async function load() {
  try {
    const response = await fetch('/openapi.json');
    if (!response.ok) {
      throw new Error(`status ${response.status}`);
    }
    docs.api = await response.json();
    docs.operations = operations(docs.api);
    docs.sockets = sockets(docs.api);
  } catch (failure) {
    docs.trouble = `The description cannot be read: ${failure.message}`;
  }
  show();
}

function show() {
  docs.place = decodeURIComponent(location.hash.slice(1));
  docs.sidebar = false;
  draw();
  const shown = docs.operations.find((each) => each.id === docs.place);
  document.title = shown ? `${shown.summary} · AnyServe API` : 'AnyServe API';
  document.querySelector('.docs-scroller')?.scrollTo(0, 0);
}

function moved() {
  show();
  document.querySelector('main h1')?.focus();
}

addEventListener('hashchange', moved);
addEventListener('keydown', (event) => {
  const typing = event.target.closest('input, textarea, select');
  if (event.key === '/' && !typing && !event.ctrlKey && !event.metaKey) {
    event.preventDefault();
    docs.sidebar = true;
    draw();
    document.getElementById('filter')?.focus();
  } else if (event.key === 'Escape') {
    docs.filter = '';
    docs.sidebar = false;
    draw();
  }
});
draw();
load();
