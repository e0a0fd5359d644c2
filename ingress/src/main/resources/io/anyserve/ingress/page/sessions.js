// The list of conversations, page by page, and the search in it.

import * as api from './api.js';
import { time } from './format.js';

const SEARCH_AFTER_MS = 200;
const MOST_EMPTY_PAGES = 20;

export class Sessions {
  list = [];
  search = '';
  cursor = null;
  loaded = false;
  renaming = null;
  #chat;
  #timer = 0;
  #asked = 0;

  constructor(chat) {
    this.#chat = chat;
  }

  find(id) {
    return this.list.find((session) => session.id === id);
  }

  /** The first page again; an answer that was overtaken by a later question is left out. */
  async load() {
    await this.#ask(null, (found) => found);
  }

  async more() {
    if (this.cursor) {
      await this.#ask(this.cursor, (found) => [...this.list, ...found.filter(({ id }) => !this.find(id))]);
    }
  }

  async #ask(cursor, joined) {
    const asked = ++this.#asked;
    try {
      const page = await this.#page(cursor);
      if (asked === this.#asked) {
        this.list = joined(page.found);
        this.cursor = page.next;
        this.loaded = true;
        this.#chat.changed();
      }
    } catch (failure) {
      if (asked === this.#asked) {
        this.#chat.failed(failure);
      }
    }
  }

  /** A page of a search may be empty although more follow. */
  async #page(from) {
    let cursor = from;
    for (let pages = 0; pages < MOST_EMPTY_PAGES; pages++) {
      const page = await api.sessions(this.search, cursor);
      cursor = page.next_cursor ?? null;
      if (page.data.length > 0 || !cursor) {
        return { found: page.data.map((session) => ({ ...session, updated: time(session.updated) })), next: cursor };
      }
    }
    return { found: [], next: cursor };
  }

  typed(text) {
    this.search = text.trim();
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => this.load(), SEARCH_AFTER_MS);
  }

  /** A conversation has a new message: it comes first. */
  touch(id, title, now) {
    const known = this.find(id) ?? { id, title, created: now };
    if (!this.search) {
      this.list = [{ ...known, updated: now }, ...this.list.filter((session) => session.id !== id)];
    }
  }

  rename(id) {
    this.renaming = id;
    this.#chat.changed();
  }

  async renamed(id, title) {
    if (this.renaming !== id) {
      return;
    }
    this.renaming = null;
    const before = this.find(id)?.title;
    this.#chat.changed();
    if (title.trim() && title.trim() !== before) {
      await this.#chat.rename(id, title.trim());
    }
  }
}
