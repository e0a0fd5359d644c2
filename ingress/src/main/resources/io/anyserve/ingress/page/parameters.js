// The parameters of the next requests.

import { h } from './view.js';

export function parameterFields(chat) {
  const field = (name, label, hint, props) => h('label', { key: name, class: 'field' },
    h('span', null, label),
    h('input', { type: 'number', name, inputmode: 'decimal', placeholder: 'Default', value: chat.parameters[name] ?? '', oninput: (event) => chat.setParameter(name, event.target.value), ...props }),
    h('small', null, hint));
  return h('form', { class: 'stack', method: 'dialog' },
    h('label', { class: 'field' }, h('span', null, 'System prompt'),
      h('textarea', { name: 'system', rows: 4, placeholder: 'None', value: chat.parameters.system ?? '', oninput: (event) => chat.setParameter('system', event.target.value) }),
      h('small', null, 'Goes before the messages of every request. Models without chat training may ignore it.')),
    field('temperature', 'Temperature', '0 always takes the likeliest token; above 1 is more surprising.', { min: 0, max: 2, step: 0.1 }),
    field('top_p', 'Top p', 'Takes tokens from the likeliest that have this share together.', { min: 0, max: 1, step: 0.05 }),
    field('max_tokens', 'Most tokens', 'The answer ends after so many.', { min: 1, max: 131072, step: 1 }),
    field('seed', 'Seed', 'The same seed and messages give the same answer.', { step: 1 }),
    h('label', { class: 'field' }, h('span', null, 'Stop texts'),
      h('textarea', { name: 'stop', rows: 2, placeholder: 'None', value: chat.parameters.stop ?? '', oninput: (event) => chat.setParameter('stop', event.target.value) }),
      h('small', null, 'One a line. The answer ends before the first of them.')),
    h('div', { class: 'buttons' },
      h('button', { type: 'button', class: 'second', onclick: () => chat.resetParameters() }, 'Reset'),
      h('button', { type: 'submit', class: 'first' }, 'Done')));
}
