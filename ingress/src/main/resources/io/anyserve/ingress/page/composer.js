// The field that a message is written in.

import { icon } from './icons.js';
import { h } from './view.js';

export function composer(chat) {
  const busy = chat.current !== null;
  return h('form', { key: 'composer', class: 'composer', onsubmit: (event) => { event.preventDefault(); send(chat); } },
    h('label', { class: 'unseen', for: 'message' }, 'Message'),
    h('textarea', {
      id: 'message', rows: 1, placeholder: placeholder(chat), enterkeyhint: 'send', autocomplete: 'off',
      ref: (field) => { field.focus({ preventScroll: true }); fit(field); },
      oninput: (event) => { fit(event.target); chat.changed(); },
      onkeydown: (event) => {
        if (event.key === 'Enter' && !event.shiftKey && !event.ctrlKey && !event.metaKey && !event.isComposing) {
          event.preventDefault();
          send(chat);
        }
      } }),
    busy
      ? h('button', { key: 'stop', type: 'button', class: 'round', 'aria-label': 'Stop', title: 'Stop (Esc)', disabled: chat.answers.get(chat.current).stopping, onclick: () => chat.stop() }, icon('stop'))
      : h('button', { key: 'send', type: 'submit', class: 'round', 'aria-label': 'Send', title: 'Send (Enter)', disabled: !chat.canSend || draft() === '' }, icon('send')));
}

function placeholder(chat) {
  if (chat.model === '') {
    return chat.models ? 'Waiting for a model' : 'Connecting';
  }
  return `Message ${chat.model}`;
}

function draft() {
  return document.getElementById('message')?.value.trim() ?? '';
}

function send(chat) {
  const field = document.getElementById('message');
  const text = field.value;
  if (chat.canSend && text.trim() && chat.send(text)) {
    field.value = '';
    fit(field);
  }
}

/** Browsers without field-sizing get the height by script. */
function fit(field) {
  if (!CSS.supports('field-sizing', 'content')) {
    field.style.height = 'auto';
    field.style.height = `${Math.min(field.scrollHeight, innerHeight * 0.4)}px`;
  }
}
