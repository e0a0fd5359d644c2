// What opens above the page. One at a time; the browser keeps the focus in it and gives it back.

import { icon } from './icons.js';
import { KEYS } from './keyboard.js';
import { parameterFields } from './parameters.js';
import { systemView } from './system-view.js';
import { h } from './view.js';

export function dialogs(chat) {
  const open = chat.dialog;
  switch (open?.kind) {
    case 'key':
      return dialog(chat, 'key', 'API key', 'small', keyForm(chat, open));
    case 'delete':
      return dialog(chat, 'delete', 'Delete this conversation?', 'small', deletion(chat, open));
    case 'parameters':
      return dialog(chat, 'parameters', 'Parameters', 'drawer', parameterFields(chat));
    case 'system':
      return dialog(chat, 'system', 'System', 'wide', systemView(open.system, open.trouble));
    case 'keys':
      return dialog(chat, 'keys', 'Keyboard', 'small', shortcuts());
    default:
      return null;
  }
}

function dialog(chat, kind, title, size, content) {
  return h('dialog', {
    key: chat.dialog.serial, id: kind, class: size, 'aria-labelledby': `${kind}-title`,
    ref: (node) => node.showModal(),
    onclose: () => chat.closed(),
    onclick: (event) => { if (event.target === event.currentTarget) { event.currentTarget.close(); } } },
  h('div', { class: 'sheet' },
    h('header', null, h('h2', { id: `${kind}-title` }, title),
      h('button', { type: 'button', class: 'tool', 'aria-label': 'Close', onclick: close }, icon('close'))),
    content));
}

function close(event) {
  event.currentTarget.closest('dialog').close();
}

function keyForm(chat, { refused }) {
  return h('form', { class: 'stack', onsubmit: (event) => {
    event.preventDefault();
    const key = event.target.elements.key.value.trim();
    event.target.closest('dialog').close();
    chat.signIn(key);
  } },
  h('p', null, refused ? 'The server does not accept this key. Enter another one.' : 'This server needs an API key. It is kept until you close this tab.'),
  h('label', { class: 'field' }, h('span', null, 'Key'),
    h('input', { name: 'key', type: 'password', autocomplete: 'off', spellcheck: 'false', autofocus: true })),
  h('div', { class: 'buttons' }, h('button', { type: 'submit', class: 'first' }, 'Continue')));
}

function deletion(chat, { session }) {
  return h('div', { class: 'stack' },
    h('p', null, `“${session.title || 'Untitled'}” and all its messages are deleted. An answer that is being written stops.`),
    h('div', { class: 'buttons' },
      h('button', { type: 'button', class: 'second', onclick: close }, 'Cancel'),
      h('button', { type: 'button', class: 'danger', autofocus: true, onclick: (event) => { close(event); chat.remove(session.id); } }, 'Delete')));
}

function shortcuts() {
  return h('dl', { class: 'keys' }, KEYS.map(([keys, what]) => h('div', { key: keys },
    h('dt', null, keys.split(' + ').map((key, i) => [i > 0 && ' ', h('kbd', null, key)])), h('dd', null, what))));
}
