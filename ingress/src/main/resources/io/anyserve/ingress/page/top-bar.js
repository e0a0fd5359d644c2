// Above the transcript: the model, the state of the connection, and what can be done with the conversation.

import { icon } from './icons.js';
import { h } from './view.js';

const STATES = { connecting: 'Connecting', waiting: 'Reconnecting', closed: 'Not connected' };

export function topBar(chat) {
  return h('header', { class: 'top' },
    h('button', { type: 'button', class: 'tool menu', 'aria-label': 'Conversations', title: 'Conversations', 'aria-expanded': String(chat.sidebar), onclick: () => { chat.sidebar = true; chat.changed(); } }, icon('menu')),
    picker(chat),
    chat.connection !== 'open' && chat.models !== null && h('span', { key: 'state', class: 'connection', role: 'status' }, h('span', { class: 'pulse' }), STATES[chat.connection]),
    h('div', { class: 'tools' },
      chat.conversation && chat.tree.messages.size > 0
        && tool('download', 'Export as Markdown', () => chat.exported()),
      tool('sliders', 'Parameters', () => chat.show('parameters'))));
}

function tool(name, label, onclick) {
  return h('button', { key: name, type: 'button', class: 'tool', 'aria-label': label, title: label, onclick }, icon(name));
}

function picker(chat) {
  const models = chat.models ?? [];
  if (models.length === 0) {
    return h('span', { key: 'none', class: 'picker none' }, chat.models ? 'No model is running' : '');
  }
  return h('label', { key: 'picker', class: 'picker' },
    h('span', { class: 'unseen' }, 'Model'),
    h('select', { id: 'model', value: chat.model, onchange: (event) => chat.choose(event.target.value) },
      models.map((model) => h('option', { key: model.id, value: model.id, selected: model.id === chat.model }, model.id))),
    icon('chevron'));
}
