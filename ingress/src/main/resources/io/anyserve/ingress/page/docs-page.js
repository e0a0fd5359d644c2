// The page of the reference: the list of operations with its filter, and beside it what is shown.

import { matches } from './docs-model.js';
import { badge, operationView, socketView } from './docs-operation.js';
import { schemaPage } from './docs-schema.js';
import { icon, mark } from './icons.js';
import { markdown } from './markdown.js';
import { setTheme, theme, THEMES } from './settings.js';
import { h } from './view.js';

const THEME_ICONS = { system: 'screen', light: 'sun', dark: 'moon' };

export function docsPage(docs) {
  return h('div', { class: docs.sidebar ? 'shell menu-open' : 'shell' },
    sidebar(docs),
    h('div', { class: 'scrim', onclick: () => { docs.sidebar = false; docs.changed(); } }),
    h('div', { class: 'scroller docs-scroller', tabindex: 0, role: 'region', 'aria-label': 'Reference' },
      h('header', { class: 'top docs-top' },
        h('button', { type: 'button', class: 'tool menu', 'aria-label': 'Open operations', onclick: () => { docs.sidebar = true; docs.changed(); } }, icon('menu')),
        h('div', { class: 'tools' },
          h('a', { class: 'quiet', href: '/openapi.json' }, icon('download'), h('span', null, 'openapi.json')))),
      h('main', { class: 'docs' }, content(docs))));
}

function content(docs) {
  if (docs.trouble) {
    return h('p', { key: 'trouble', class: 'failure' }, icon('warning'), h('span', null, docs.trouble));
  }
  if (!docs.api) {
    return h('p', { key: 'loading', class: 'docs-none' }, 'Reading the description');
  }
  const schema = /^schema\/(.+)$/.exec(docs.place)?.[1];
  const operation = docs.operations.find((each) => each.id === docs.place);
  const socket = docs.sockets.find((each) => each.id === docs.place);
  return (operation && operationView(docs, operation))
    || (socket && socketView(docs, socket))
    || (docs.api.components.schemas[schema] && schemaPage(docs, schema))
    || overview(docs);
}

function sidebar(docs) {
  const chosen = theme();
  const next = THEMES[(THEMES.indexOf(chosen) + 1) % THEMES.length];
  return h('aside', { class: 'side', 'aria-label': 'Side bar' },
    h('div', { class: 'side-head' },
      h('a', { class: 'brand', href: '#', 'aria-label': 'AnyServe API, overview' }, mark(), h('span', null, 'AnyServe API')),
      h('button', { type: 'button', class: 'tool hide-menu', 'aria-label': 'Close operations', onclick: () => { docs.sidebar = false; docs.changed(); } }, icon('close'))),
    h('label', { class: 'search' }, icon('search'), h('span', { class: 'unseen' }, 'Filter operations'),
      h('input', { id: 'filter', type: 'text', role: 'searchbox', placeholder: 'Filter', autocomplete: 'off', value: docs.filter, oninput: (event) => { docs.filter = event.target.value; docs.changed(); } }),
      h('kbd', null, '/')),
    operationList(docs),
    h('div', { class: 'side-foot row-pair' },
      h('a', { class: 'row', href: '/' }, icon('compose'), h('span', null, 'Chat')),
      h('button', { type: 'button', id: 'theme', class: 'tool', 'aria-label': `Theme: ${chosen}. Change to ${next}`, title: `Theme: ${chosen}`, onclick: () => { setTheme(next); docs.changed(); } }, icon(THEME_ICONS[chosen]))));
}

function operationList(docs) {
  const filter = docs.filter.trim();
  const groups = groupsOf(docs)
    .map((group) => ({ ...group, members: group.members.filter((each) => matches(each, filter)) }))
    .filter((group) => group.members.length > 0);
  return h('nav', { class: 'sessions docs-list', 'aria-label': 'Operations' },
    groups.map((group) => h('section', { key: group.name }, h('h2', null, group.name),
      h('ul', null, group.members.map((each) => h('li', { key: each.id },
        h('a', { href: `#${each.id}`, title: each.path, 'aria-current': each.id === docs.place ? 'page' : undefined },
          badge(each), h('span', null, each.summary))))))),
    docs.api && groups.length === 0 && h('p', { key: 'none', class: 'none' }, `Nothing matches “${filter}”.`));
}

function groupsOf(docs) {
  const groups = (docs.api?.tags ?? []).map((tag) => ({
    name: tag.name, description: tag.description, members: docs.operations.filter((each) => each.tag === tag.name) }));
  return docs.sockets.length === 0 ? groups
    : [...groups, { name: 'WebSocket', description: 'Chat over one connection.', members: docs.sockets }];
}

function overview(docs) {
  return h('div', { key: 'overview', class: 'docs-overview' },
    h('h1', { tabindex: -1 }, `${docs.api.info.title} API`),
    h('div', { class: 'prose' }, markdown(docs.api.info.description)),
    groupsOf(docs).filter((group) => group.members.length > 0).map((group) => h('section', { key: group.name },
      h('h2', null, group.name),
      h('p', { class: 'docs-quiet' }, group.description),
      h('ul', { class: 'docs-rows' }, group.members.map((each) => h('li', { key: each.id },
        h('a', { href: `#${each.id}` }, badge(each), h('code', null, each.path), h('span', null, each.summary))))))),
    h('section', { key: 'schemas' },
      h('h2', null, 'Schemas'),
      h('ul', { class: 'docs-schemas' }, Object.keys(docs.api.components.schemas).map((name) => h('li', { key: name },
        h('a', { href: `#schema/${name}` }, name))))));
}
