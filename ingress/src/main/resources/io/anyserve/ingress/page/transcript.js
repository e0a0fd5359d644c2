// The messages of the shown path, or what to begin with.

import { answer, question, thinking } from './message.js';
import { h } from './view.js';

/** Beginnings that the shipped model goes on with: it writes stories for children. */
const BEGINNINGS = [
  ['Once upon a time', 'A classic beginning'],
  ['Once upon a time, there was a little fox who', 'Meet a fox'],
  ['One day, a girl named Lily found', 'Find something'],
  ['The dragon was very sad because', 'Cheer up a dragon']];

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
    h('h1', null, story ? 'How does the story begin?' : 'What would you like to know?'),
    h('p', null, story ? 'This model writes stories for children. Give it a first sentence, and it goes on.' : 'Write a message, or start with one of these.'),
    h('ul', { class: 'beginnings' }, (story ? BEGINNINGS : QUESTIONS).map(([text, label]) => h('li', { key: text },
      h('button', { type: 'button', disabled: !chat.canSend, onclick: () => chat.send(text) }, h('small', null, label), h('span', null, text))))));
}
