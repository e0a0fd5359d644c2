// The page as a view of the chat's state.

import { composer } from './composer.js';
import { dialogs } from './dialogs.js';
import { icon } from './icons.js';
import { sidebar } from './sidebar.js';
import { topBar } from './top-bar.js';
import { transcript } from './transcript.js';
import { h } from './view.js';

export function page(chat, scroll) {
  return h('div', { class: chat.sidebar ? 'shell menu-open' : 'shell' },
    sidebar(chat),
    h('div', { class: 'scrim', onclick: () => { chat.sidebar = false; chat.changed(); } }),
    h('main', { class: 'chat', 'aria-label': 'Chat' },
      topBar(chat),
      transcript(chat, scroll),
      h('div', { class: 'dock' },
        scroll.away && h('button', { key: 'end', type: 'button', class: 'to-end', 'aria-label': 'Go to the end', title: 'Go to the end', onclick: () => scroll.toEnd() }, icon('down')),
        notice(chat),
        composer(chat))),
    dialogs(chat));
}

function notice(chat) {
  return chat.notice && h('div', { key: 'notice', class: 'notice', role: 'alert' },
    icon('warning'), h('span', null, chat.notice),
    h('button', { type: 'button', class: 'quiet', 'aria-label': 'Dismiss', onclick: () => { chat.notice = ''; chat.changed(); } }, icon('close')));
}
