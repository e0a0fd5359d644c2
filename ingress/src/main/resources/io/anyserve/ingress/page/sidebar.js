// The conversations, newest first, with search, rename and delete; below them what concerns the whole page.

import { period } from './format.js';
import { icon, mark } from './icons.js';
import { setTheme, theme, THEMES } from './settings.js';
import { h } from './view.js';

const THEME_NAMES = { system: 'System theme', light: 'Light theme', dark: 'Dark theme' };
const THEME_ICONS = { system: 'screen', light: 'sun', dark: 'moon' };

export function sidebar(chat) {
  return h('aside', { class: 'side', 'aria-label': 'Side bar' },
    h('div', { class: 'side-head' },
      h('a', { class: 'brand', href: '#', 'aria-label': 'AnyServe, new chat' }, mark(), h('span', null, 'AnyServe')),
      h('button', { type: 'button', class: 'tool hide-menu', 'aria-label': 'Close conversations', onclick: () => { chat.sidebar = false; chat.changed(); } }, icon('close'))),
    h('a', { class: 'new', href: '#', onclick: () => { chat.sidebar = false; chat.changed(); } }, icon('compose'), h('span', null, 'New chat')),
    h('label', { class: 'search' }, icon('search'), h('span', { class: 'unseen' }, 'Search conversations'),
      h('input', { id: 'search', type: 'text', role: 'searchbox', placeholder: 'Search', autocomplete: 'off', maxlength: 200, oninput: (event) => chat.sessions.typed(event.target.value) })),
    list(chat),
    foot(chat));
}

function list(chat) {
  const sessions = chat.sessions;
  if (sessions.loaded && sessions.list.length === 0) {
    return h('nav', { key: 'list', class: 'sessions', 'aria-label': 'Conversations' },
      h('p', { class: 'none' }, sessions.search ? `Nothing matches “${sessions.search}”.` : 'Your conversations appear here.'));
  }
  const now = Date.now();
  const periods = new Map();
  for (const session of sessions.list) {
    const name = period(session.updated, now);
    periods.set(name, [...(periods.get(name) ?? []), session]);
  }
  return h('nav', { key: 'list', class: 'sessions', 'aria-label': 'Conversations' },
    [...periods].map(([name, members]) => h('section', { key: name },
      h('h2', null, name),
      h('ul', null, members.map((session) => item(chat, session))))),
    sessions.cursor && h('button', { key: 'more', type: 'button', class: 'quiet more', onclick: () => sessions.more() }, 'Show more'));
}

function item(chat, session) {
  const shown = chat.conversation?.id === session.id;
  const title = session.title || 'Untitled';
  if (chat.sessions.renaming === session.id) {
    return h('li', { key: session.id, class: 'renaming' }, renameField(chat, session));
  }
  return h('li', { key: session.id },
    h('a', { href: `#/c/${encodeURIComponent(session.id)}`, title, 'aria-current': shown ? 'page' : undefined, onclick: () => { chat.sidebar = false; chat.changed(); } }, title),
    h('span', { class: 'row-tools' },
      h('button', { type: 'button', 'aria-label': `Rename ${title}`, title: 'Rename', onclick: () => chat.sessions.rename(session.id) }, icon('edit')),
      h('button', { type: 'button', 'aria-label': `Delete ${title}`, title: 'Delete', onclick: () => chat.show('delete', { session }) }, icon('trash'))));
}

function renameField(chat, session) {
  return h('input', {
    class: 'rename', type: 'text', 'aria-label': 'New title', maxlength: 200, autocomplete: 'off',
    ref: (field) => { field.value = session.title; field.focus(); field.select(); },
    onblur: (event) => chat.sessions.renamed(session.id, event.target.value),
    onkeydown: (event) => {
      if (event.key === 'Enter' && !event.isComposing) {
        chat.sessions.renamed(session.id, event.target.value);
      } else if (event.key === 'Escape') {
        event.preventDefault();
        chat.sessions.renamed(session.id, '');
      }
    } });
}

function foot(chat) {
  const chosen = theme();
  const next = THEMES[(THEMES.indexOf(chosen) + 1) % THEMES.length];
  return h('div', { class: 'side-foot' },
    h('button', { type: 'button', class: 'row', onclick: () => chat.show('system') }, icon('pulse'), h('span', null, 'System')),
    h('a', { class: 'row', href: '/docs' }, icon('code'), h('span', null, 'API')),
    chat.usage && h('a', { key: 'usage', class: 'row', href: chat.usage, target: '_blank', rel: 'noopener noreferrer' }, icon('chart'), h('span', null, 'Usage and cost')),
    (chat.hasKey || chat.connection === 'closed') && h('button', { key: 'key', type: 'button', class: 'row', onclick: () => chat.show('key') }, icon('check'), h('span', null, 'API key')),
    h('div', { class: 'row-pair' },
      h('button', { type: 'button', id: 'theme', class: 'row', 'aria-label': `${THEME_NAMES[chosen]}. Change to ${next}`, onclick: () => { setTheme(next); chat.say(`Theme: ${next}`); } }, icon(THEME_ICONS[chosen]), h('span', null, THEME_NAMES[chosen])),
      h('button', { type: 'button', class: 'tool', 'aria-label': 'Keyboard shortcuts', title: 'Keyboard shortcuts', onclick: () => chat.show('keys') }, icon('help'))));
}
