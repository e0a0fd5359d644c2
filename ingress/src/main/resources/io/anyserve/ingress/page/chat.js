// The state of the page and everything that changes it. What is shown is made from it in page.js; `changed` is called
// after each change.

import { afterEvent, newAnswer, running } from './answers.js';
import * as api from './api.js';
import { time } from './format.js';
import { newId } from './ids.js';
import { Sessions } from './sessions.js';
import * as settings from './settings.js';
import { ChatSocket, protocols } from './socket.js';
import { emptyTree, lastQuestion, leaf, path, siblings, treeOf, withCurrent, withMessage } from './tree.js';

const MODELS_AGAIN_MS = 5000;
const SYSTEM_AGAIN_MS = 2000;
const MOST_BYTES = 900_000;
const UNREACHABLE = 'The server cannot be reached.';

export class Chat {
  models = null;
  usage = null;
  model = settings.model();
  parameters = settings.parameters();
  conversation = null;
  loading = false;
  tree = emptyTree();
  answers = new Map();
  connection = 'connecting';
  notice = '';
  spoken = '';
  editing = null;
  dialog = null;
  sidebar = false;
  unsent = new Map();
  #serial = 0;

  constructor(changed) {
    this.changed = changed;
    this.sessions = new Sessions(this);
    this.tabs = new BroadcastChannel('anyserve.chat');
    this.tabs.onmessage = ({ data }) => this.#changedElsewhere(data);
    this.socket = new ChatSocket(() => protocols(api.key()), (event) => this.receive(event), (state) => this.#connected(state));
  }

  async start() {
    if (await this.loadModels()) {
      this.socket.open();
      this.sessions.load();
      this.#findUsage();
    }
  }

  /** With another key, or after one was asked for. */
  async signIn(key) {
    api.setKey(key);
    this.socket.close();
    this.notice = '';
    this.answers = new Map();
    await this.start();
    if (this.conversation) {
      await this.open(this.conversation.id);
    }
  }

  /** Where the usage page is; without an answer the page just has no link to it. */
  async #findUsage() {
    try {
      this.usage = (await api.system()).usage_url ?? null;
      this.changed();
    } catch {
      this.usage = null;
    }
  }

  async loadModels() {
    try {
      this.models = await api.models();
      if (!this.models.some((model) => model.id === this.model)) {
        this.model = this.models.find((model) => model.id === 'story')?.id ?? this.models[0]?.id ?? '';
      }
      if (this.models.length === 0) {
        setTimeout(() => this.loadModels(), MODELS_AGAIN_MS);
      }
      this.changed();
      return true;
    } catch (failure) {
      const refused = failure.status === 401 || failure.status === 403;
      if (refused || !this.models) {
        this.failed(failure);
      }
      if (!refused && !this.models) {
        setTimeout(() => this.start(), MODELS_AGAIN_MS);
      }
      return false;
    }
  }

  choose(model) {
    this.model = model;
    settings.setModel(model);
    this.changed();
  }

  setParameter(name, value) {
    this.parameters = { ...this.parameters, [name]: value };
    settings.setParameters(this.parameters);
    this.changed();
  }

  resetParameters() {
    this.parameters = {};
    settings.setParameters(this.parameters);
    this.changed();
  }

  /** Shows what went wrong; without a valid key it asks for one. */
  failed(failure) {
    if (failure.status === 401) {
      this.socket.close();
      if (this.dialog?.kind !== 'key') {
        this.show('key', { refused: api.key() !== '' });
      }
    } else {
      this.notice = failure instanceof api.ApiFailure ? failure.message : UNREACHABLE;
    }
    this.changed();
  }

  get hasKey() {
    return api.key() !== '';
  }

  show(kind, what) {
    this.dialog = { ...what, kind, serial: ++this.#serial };
    this.changed();
    if (kind === 'system') {
      this.#watchSystem(this.dialog);
    }
  }

  closed() {
    this.dialog = null;
    this.changed();
  }

  async #watchSystem(dialog) {
    while (this.dialog === dialog) {
      try {
        dialog.system = await api.system();
        dialog.trouble = '';
      } catch (failure) {
        dialog.trouble = failure.message;
      }
      this.changed();
      await new Promise((resume) => setTimeout(resume, SYSTEM_AGAIN_MS));
    }
  }

  say(text) {
    this.spoken = text;
    this.changed();
  }

  /* Conversations */

  fresh() {
    this.conversation = null;
    this.#show(emptyTree());
  }

  #show(tree) {
    this.tree = tree;
    this.editing = null;
    this.sidebar = false;
    this.notice = '';
    this.loading = false;
    this.changed();
  }

  async open(id) {
    if (this.conversation?.id !== id) {
      this.conversation = { id, title: this.sessions.find(id)?.title ?? '' };
      this.#show(emptyTree());
      this.loading = true;
      this.changed();
    }
    await this.#load(id);
  }

  async #load(id) {
    try {
      const { messages, ...conversation } = await api.history(id);
      if (this.conversation?.id !== id) {
        return;
      }
      this.conversation = conversation;
      this.#adopt(id, treeOf(messages.map(received), conversation.current));
    } catch (failure) {
      if (this.conversation?.id !== id) {
        return;
      }
      this.loading = false;
      if (failure.status === 404 && this.tree.messages.size === 0) {
        this.fresh();
        this.notice = 'This conversation does not exist any more.';
        this.changed();
      } else if (failure.status !== 404) {
        this.failed(failure);
      }
    }
  }

  /** What the server has, with what was sent from here and has not arrived there. */
  #adopt(id, tree) {
    let merged = tree;
    for (const { frame } of this.unsent.values()) {
      const message = this.tree.messages.get(frame.message);
      if (frame.conversation === id && message && !merged.messages.has(message.id)) {
        merged = withCurrent(withMessage(merged, message), message.id);
      }
    }
    for (const message of tree.messages.values()) {
      if (message.state === 'running') {
        this.#follow(id, message);
        merged = message.parent === merged.current ? withCurrent(merged, message.id) : merged;
      }
    }
    this.tree = merged;
    this.loading = false;
    this.changed();
  }

  /** An answer that runs elsewhere, or ran before this page was loaded. */
  #follow(conversation, message) {
    if (!this.answers.has(message.id)) {
      this.answers = new Map(this.answers).set(message.id, newAnswer(conversation, Date.now(), true));
      this.socket.send({ type: 'resume', conversation, answer: message.id, position: null });
    }
  }

  #changedElsewhere({ conversation, deleted }) {
    this.sessions.load();
    if (this.conversation?.id === conversation) {
      if (deleted) {
        location.hash = '';
      } else {
        this.#load(conversation);
      }
    }
  }

  #tellTabs(conversation, deleted = false) {
    this.tabs.postMessage({ conversation, deleted });
  }

  async rename(id, title) {
    await this.#tried(async () => {
      await api.change(id, { title });
      if (this.conversation?.id === id) {
        this.conversation = { ...this.conversation, title };
      }
      await this.sessions.load();
      this.#tellTabs(id);
    });
  }

  async remove(id) {
    await this.#tried(async () => {
      await api.remove(id);
      if (this.conversation?.id === id) {
        location.hash = '';
      }
      await this.sessions.load();
      this.#tellTabs(id, true);
      this.say('Conversation deleted');
    });
  }

  async #tried(action) {
    try {
      await action();
    } catch (failure) {
      this.failed(failure);
    }
  }

  async exported() {
    await this.#tried(async () => {
      const text = await api.exported(this.conversation.id);
      const address = URL.createObjectURL(new Blob([text], { type: 'text/markdown' }));
      const link = document.createElement('a');
      link.href = address;
      link.download = `${(this.conversation.title || 'conversation').replaceAll(/[^\p{L}\p{N} _-]/gu, '').trim() || 'conversation'}.md`;
      link.click();
      URL.revokeObjectURL(address);
    });
  }

  /* Messages */

  get path() {
    return path(this.tree);
  }

  /** The answer that is being written at the end of the path, or null. */
  get current() {
    const answer = this.answers.get(this.tree.current);
    return answer?.state === 'running' ? this.tree.current : null;
  }

  get isBusy() {
    return this.current !== null || this.unsent.has(this.tree.current);
  }

  get canSend() {
    return this.model !== '' && !this.isBusy && !this.loading;
  }

  /** A message that the server refused is no parent: what is written next takes its place. */
  get #end() {
    const last = this.tree.messages.get(this.tree.current);
    return last?.role === 'user' && last.state === 'failed' ? last.parent : this.tree.current;
  }

  /**
   * False where the message is too long for the connection.
   *
   * @param parent of the message: the end of the path, or that of a message which is edited
   */
  send(content, parent = this.#end) {
    if (new TextEncoder().encode(content).length > MOST_BYTES) {
      this.notice = 'The message is too long (expected: at most 900,000 bytes).';
      this.changed();
      return false;
    }
    const now = Date.now();
    if (!this.conversation) {
      this.conversation = { id: newId(now), title: content.split('\n')[0].slice(0, 80) };
      history.pushState(null, '', `#/c/${this.conversation.id}`);
    }
    const id = newId(now);
    const frame = { type: 'send', message: id, conversation: this.conversation.id, parent, content, ...this.#options() };
    this.tree = withCurrent(withMessage(this.tree, { id, parent, role: 'user', content, created: now, state: 'sending' }), id);
    this.editing = null;
    this.#submit(frame, now);
    return true;
  }

  edit(message, content) {
    this.send(content, message.parent ?? null);
  }

  /** Another answer to the question of an answer, or to the last question. */
  regenerate(question = lastQuestion(this.tree)) {
    if (question && this.model !== '' && !this.isBusy) {
      this.tree = withCurrent(this.tree, question.id);
      this.#submit({ type: 'regenerate', conversation: this.conversation.id, message: question.id, ...this.#options() }, Date.now());
    }
  }

  /** Sends a message once more that did not get through. */
  again(message) {
    const frame = { type: 'send', message: message.id, conversation: this.conversation.id, parent: message.parent ?? null, content: message.content, ...this.#options() };
    this.tree = withMessage(this.tree, { id: message.id, state: 'sending', error: undefined });
    this.#submit(frame, Date.now());
  }

  /** What the user chose for the next answer. */
  #options() {
    const system = this.parameters.system?.trim() ? { system: this.parameters.system } : {};
    return { model: this.model, parameters: settings.requestParameters(this.parameters), ...system };
  }

  #submit(frame, now) {
    this.unsent = new Map(this.unsent).set(frame.message, { frame, sentAt: now });
    this.notice = '';
    this.socket.send(frame);
    this.changed();
  }

  stop() {
    const answer = this.current;
    if (answer) {
      this.answers = new Map(this.answers).set(answer, { ...this.answers.get(answer), stopping: true });
      this.socket.send({ type: 'stop', answer });
      this.changed();
    }
  }

  /** Shows the branch of another version of a message. */
  async select(message, step) {
    const versions = siblings(this.tree, message);
    const other = versions[versions.findIndex((version) => version.id === message.id) + step];
    if (other) {
      this.tree = withCurrent(this.tree, leaf(this.tree, other.id));
      this.editing = null;
      this.changed();
      await this.#tried(() => api.change(this.conversation.id, { current: other.id }));
    }
  }

  /* What the server says */

  receive(event) {
    const now = Date.now();
    if (event.type === 'accepted') {
      this.#accepted(event, now);
    } else if (event.type === 'failed' && !event.answer) {
      this.#refused(event);
    } else {
      const before = this.answers.get(event.answer);
      this.answers = afterEvent(this.answers, event, now);
      const answer = this.answers.get(event.answer);
      if (answer && answer.state !== 'running' && before?.state === 'running') {
        this.#ended(event.answer, answer);
      }
    }
    this.changed();
  }

  #accepted({ conversation, message, answer, request, model }, now) {
    const waiting = this.unsent.get(message);
    this.unsent = without(this.unsent, message);
    if (this.answers.has(answer)) {
      return;
    }
    this.answers = new Map(this.answers).set(answer, newAnswer(conversation, waiting?.sentAt ?? now, !waiting));
    if (this.conversation?.id === conversation) {
      const asked = withMessage(this.tree, { id: message, state: 'complete', error: undefined });
      this.tree = withCurrent(withMessage(asked, { id: answer, parent: message, role: 'assistant', content: '', created: now, model, request, state: 'running' }), answer);
      this.say('Answer started');
    }
    this.sessions.touch(conversation, this.conversation?.title ?? '', now);
    this.#tellTabs(conversation);
  }

  #refused({ message, error }) {
    const waiting = this.unsent.get(message);
    this.unsent = without(this.unsent, message);
    if (waiting?.frame.type === 'send' && this.tree.messages.has(message)) {
      this.tree = withMessage(this.tree, { id: message, state: 'failed', error });
    } else {
      this.notice = error?.message ?? 'The server refused the message.';
    }
    if (waiting?.frame.type === 'regenerate') {
      this.tree = withCurrent(this.tree, leaf(this.tree, message));
    }
  }

  #ended(id, answer) {
    if (this.conversation?.id === answer.conversation) {
      this.tree = withMessage(this.tree, { id, state: answer.state, content: answer.text, usage: answer.usage, cost: answer.cost, error: answer.error });
      this.say(answer.state === 'complete' ? `Answer finished. ${answer.text.slice(0, 300)}` : `The answer failed. ${answer.error?.message ?? ''}`);
    }
    this.sessions.load();
    this.#tellTabs(answer.conversation);
  }

  /* The connection */

  #connected(state) {
    this.connection = state;
    if (state === 'open') {
      this.notice = this.notice === UNREACHABLE ? '' : this.notice;
      for (const [answer, { conversation, position }] of running(this.answers)) {
        this.socket.send({ type: 'resume', conversation, answer, position });
      }
      this.unsent.forEach(({ frame }) => this.#sendAgain(frame));
    } else if (state === 'waiting') {
      this.#checkKey();
    }
    this.changed();
  }

  /** A browser does not tell why a WebSocket was refused; a key that is not valid any more shows elsewhere. */
  async #checkKey() {
    try {
      this.models = await api.models();
    } catch (failure) {
      if (failure.status === 401) {
        this.failed(failure);
      }
    }
  }

  /**
   * A message has its id, so the server knows it when it comes twice. Whether another answer has begun says the
   * conversation.
   */
  async #sendAgain(frame) {
    if (frame.type === 'regenerate') {
      await this.#load(frame.conversation);
      const begun = [...this.tree.messages.values()].some(({ parent, state }) => parent === frame.message && state === 'running');
      if (begun) {
        this.unsent = without(this.unsent, frame.message);
        this.changed();
        return;
      }
    }
    this.socket.send(frame);
  }
}

function received(message) {
  return { ...message, parent: message.parent || null, created: time(message.created) };
}

function without(map, key) {
  const rest = new Map(map);
  rest.delete(key);
  return rest;
}
