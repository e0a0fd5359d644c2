// The messages of the shown path, or what to begin with.

import { answer, question, thinking } from './message.js';
import { h } from './view.js';

/** What the shipped model was trained for: stories for children, and small talk. */
const BEGINNINGS = [
  ['Tell me a story about a curious bear.', 'A story'],
  ['Why is the sky blue?', 'A question'],
  ['Write a short poem about the night.', 'A poem'],
  ['Tell me a joke.', 'A joke']];

const QUESTIONS = [
  ['Write a short story about a lighthouse keeper.', 'A short story'],
  ['Explain how rain forms, in three sentences.', 'An explanation'],
  ['Write a Python function that reverses the words of a sentence.', 'Some code'],
  ['Compare tea and coffee in a table.', 'A comparison']];

export function transcript(chat, scroll) {
  const messages = chat.path.filter((message) => message.role !== 'system');
  return h('div', { key: 'transcript', class: 'scroller', tabindex: 0, role: 'region', 'aria-label': 'Messages', ref: (node) => scroll.attach(node, chat.changed) },
    messages.length > 0 && h('div', { key: chat.conversation.id, class: 'messages' },
      h('h1', { key: 'title', class: 'unseen' }, chat.conversation.title || 'Conversation'),
      messages.map((message) => message.role === 'user' ? question(chat, message) : answer(chat, message)),
      messages.at(-1).role === 'user' && chat.isBusy && thinking()),
    messages.length === 0 && (chat.loading ? h('div', { key: 'loading', class: 'empty', 'aria-busy': 'true' }) : empty(chat)));
}

function empty(chat) {
  const story = chat.model === 'story';
  return h('div', { key: 'empty', class: 'empty' },
    h('h1', null, story ? 'Would you like to hear a story?' : 'What would you like to know?'),
    h('p', null, story ? 'Story is a very small model. It tells stories to children, and it likes to talk.' : 'Write a message, or start with one of these.'),
    h('ul', { class: 'beginnings' }, (story ? BEGINNINGS : QUESTIONS).map(([text, label]) => h('li', { key: text },
      h('button', { type: 'button', disabled: !chat.canSend, onclick: () => chat.send(text) }, h('small', null, label), h('span', null, text))))));
}
