// One message: its text, what its answer took, and what can be done with it.

import { timing } from './answers.js';
import { copied } from './clipboard.js';
import { count, money, rate, seconds } from './format.js';
import { icon } from './icons.js';
import { markdown } from './markdown.js';
import { siblings } from './tree.js';
import { h } from './view.js';

const ENDS = { length: 'Cut off at the token limit', cancelled: 'Stopped' };

const rendered = new Map();

/** The Markdown of a message, made again only when its text changes. */
function prose(id, text, open) {
  const known = rendered.get(id);
  if (known?.text !== text || known.open !== open) {
    rendered.set(id, { text, open, view: h('div', { class: open ? 'prose open' : 'prose' }, markdown(text, open)) });
  }
  return rendered.get(id).view;
}

export function question(chat, message) {
  if (chat.editing === message.id) {
    return editor(chat, message);
  }
  return h('article', { key: message.id, class: 'question', 'aria-label': 'You' },
    h('div', { class: 'bubble' }, message.content),
    message.error && failure(message.error, 'Send again', () => chat.again(message)),
    h('div', { class: 'under' },
      versions(chat, message),
      action('copy', 'Copy', (event) => copied(event.currentTarget, message.content)),
      message.state !== 'sending' && action('edit', 'Edit', () => { chat.editing = message.id; chat.changed(); })));
}

function editor(chat, message) {
  const send = (field) => {
    if (field.value.trim() && chat.canSend) {
      chat.edit(message, field.value);
    }
  };
  const cancel = () => {
    chat.editing = null;
    chat.changed();
  };
  return h('article', { key: `edit ${message.id}`, class: 'question editing', 'aria-label': 'Edit your message' },
    h('form', { onsubmit: (event) => { event.preventDefault(); send(event.target.querySelector('textarea')); } },
      h('textarea', {
        'aria-label': 'Message', rows: 2,
        ref: (field) => { field.value = message.content; field.focus(); },
        onkeydown: (event) => {
          if (event.key === 'Enter' && !event.shiftKey && !event.isComposing) {
            event.preventDefault();
            send(event.target);
          } else if (event.key === 'Escape') {
            event.preventDefault();
            cancel();
          }
        } }),
      h('div', { class: 'buttons' },
        h('button', { type: 'button', class: 'second', onclick: cancel }, 'Cancel'),
        h('button', { type: 'submit', class: 'first' }, 'Send'))));
}

export function answer(chat, message) {
  const live = chat.answers.get(message.id);
  const open = live ? live.state === 'running' : message.state === 'running';
  const text = live?.text || message.content;
  const error = live?.error ?? message.error;
  return h('article', { key: message.id, class: 'answer', 'aria-label': message.model || 'Answer', 'aria-busy': open ? 'true' : undefined },
    text ? prose(message.id, text, open) : open && thinking(),
    error && failure(error, 'Try again', () => chat.regenerate(chat.tree.messages.get(message.parent))),
    !open && h('div', { class: 'under' },
      versions(chat, message),
      text && action('copy', 'Copy', (event) => copied(event.currentTarget, text)),
      action('again', 'Another answer', () => chat.regenerate(chat.tree.messages.get(message.parent))),
      figures(message, live)));
}

/** Until the first piece of an answer comes. */
export function thinking() {
  return h('div', { key: 'thinking', class: 'thinking', role: 'img', 'aria-label': 'Waiting for the answer' }, h('span'), h('span'), h('span'));
}

function action(name, label, onclick) {
  return h('button', { key: name, type: 'button', class: 'act', 'aria-label': label, title: label, onclick }, icon(name));
}

function failure(error, label, again) {
  return h('div', { class: 'failure', role: 'alert' }, icon('warning'),
    h('span', null, error.message ?? 'This did not work.'),
    h('button', { type: 'button', class: 'quiet', onclick: again }, label));
}

/** Arrows between the versions of a message. */
function versions(chat, message) {
  const all = siblings(chat.tree, message);
  if (all.length < 2) {
    return null;
  }
  const at = all.findIndex((version) => version.id === message.id);
  return h('span', { key: 'versions', class: 'versions', role: 'group', 'aria-label': `Version ${at + 1} of ${all.length}` },
    h('button', { type: 'button', class: 'act', 'aria-label': 'Previous version', disabled: at === 0, onclick: () => chat.select(message, -1) }, icon('left')),
    h('span', null, `${at + 1} / ${all.length}`),
    h('button', { type: 'button', class: 'act', 'aria-label': 'Next version', disabled: at === all.length - 1, onclick: () => chat.select(message, 1) }, icon('right')));
}

/** What the answer took, as far as that is known. */
function figures(message, live) {
  const usage = live?.usage ?? message.usage;
  const cost = live?.cost ?? message.cost;
  const times = live && timing(live);
  const parts = [
    ENDS[live?.reason ?? message.finish_reason],
    usage && count(usage.completion_tokens, 'token', 'tokens'),
    cost && money(cost),
    times?.perSecond && rate(times.perSecond),
    times && `first after ${seconds(times.first)}`].filter(Boolean);
  const prompt = usage ? count(usage.prompt_tokens, 'prompt token', 'prompt tokens') : undefined;
  return h('span', { key: 'figures', class: 'figures', title: prompt }, parts.map((part, i) => h('span', { key: i }, part)));
}
