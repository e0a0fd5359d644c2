// Starts the page: one chat, drawn once a frame after a change, and the address bar that names the conversation.

import { Chat } from './chat.js';
import { page } from './page.js';
import { listenToKeys } from './keyboard.js';
import { Scroll } from './scroll.js';
import { patch } from './view.js';

const root = document.getElementById('app');
const spoken = document.getElementById('spoken');
const scroll = new Scroll();
let drawn = false;

const chat = new Chat(() => {
  if (!drawn) {
    drawn = true;
    requestAnimationFrame(draw);
  }
});

function draw() {
  drawn = false;
  patch(root, [page(chat, scroll)]);
  scroll.follow(chat);
  if (spoken.textContent !== chat.spoken) {
    spoken.textContent = chat.spoken;
  }
  document.title = chat.conversation?.title ? `${chat.conversation.title} · AnyServe` : 'AnyServe';
}

function place() {
  const id = decodeURIComponent(/^#\/c\/(.+)$/.exec(location.hash)?.[1] ?? '');
  if (!id) {
    chat.fresh();
    document.getElementById('message')?.focus();
  } else if (id !== chat.conversation?.id) {
    chat.open(id);
  }
}

addEventListener('hashchange', place);
addEventListener('popstate', place);
addEventListener('focus', () => chat.models && chat.loadModels());
listenToKeys(chat);
draw();
chat.start();
place();
