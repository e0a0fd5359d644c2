// What runs behind the page, as the server says it every two seconds.

import { count, seconds } from './format.js';
import { icon } from './icons.js';
import { h } from './view.js';

export function systemView(system, trouble) {
  if (!system) {
    return h('p', { class: 'none' }, trouble || 'Asking the server');
  }
  return h('div', { class: 'stack' },
    trouble && h('p', { key: 'trouble', class: 'failure' }, icon('warning'), h('span', null, trouble)),
    h('dl', { class: 'tiles' },
      tile(system.workers.length, 'Workers'),
      tile(system.workers.reduce((sum, worker) => sum + worker.running, 0), 'Running'),
      tile(system.requests.waiting, 'Your requests waiting'),
      tile(system.requests.in_flight, 'Your requests in flight')),
    section('Capabilities', table(['Name', 'Model', 'Engine', 'Workers', 'Slots', 'Context'], system.capabilities.map((each) => [
      each.id, each.models.join(', '), each.engines.join(', '), each.workers, each.slots, each.context_length ? `${each.context_length}` : 'unlimited'])), 'No worker offers any.'),
    section('Workers', table(['Name', 'Running', 'Capabilities'], system.workers.map((worker) => [worker.id, worker.running, worker.capabilities.join(', ')])), 'No worker is running.'),
    section('Your recent requests', table(['State', 'Model', 'Tokens', 'Last event', 'Request'], system.recent.map((request) => [
      state(request), request.model ?? '', request.usage ? count(request.usage.prompt_tokens + request.usage.completion_tokens, 'token', 'tokens') : '', `${seconds(request.age_ms)} ago`, h('code', null, request.id)])), 'None in the last minute.'),
    system.usage_url && h('p', { key: 'usage' }, h('a', { class: 'link', href: system.usage_url, target: '_blank', rel: 'noopener noreferrer' }, icon('chart'), h('span', null, 'Usage and cost'))));
}

function tile(value, label) {
  return h('div', null, h('dt', null, label), h('dd', null, String(value)));
}

function section(title, content, none) {
  return h('section', { key: title }, h('h3', null, title), content ?? h('p', { class: 'none' }, none));
}

function table(heads, rows) {
  return rows.length === 0 ? null : h('div', { class: 'table', tabindex: 0, role: 'group', 'aria-label': heads[0] },
    h('table', null,
      h('thead', null, h('tr', null, heads.map((head) => h('th', { scope: 'col' }, head)))),
      h('tbody', null, rows.map((row) => h('tr', null, row.map((cell) => h('td', null, typeof cell === 'number' ? String(cell) : cell)))))));
}

function state(request) {
  return h('span', { class: `state ${request.state}`, title: request.reason }, request.state);
}
