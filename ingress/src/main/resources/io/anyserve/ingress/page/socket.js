// The connection for chat. It comes back by itself, later each time, until it is told to stop; what happens on it is
// told by listen(event) and by state('connecting' | 'open' | 'waiting' | 'closed').

const FIRST_WAIT_MS = 500;
const LONGEST_WAIT_MS = 15_000;
const PROTOCOL = 'anyserve.chat.v1';

export class ChatSocket {
  #listen;
  #state;
  #protocols;
  #socket = null;
  #failures = 0;
  #timer = 0;
  #wanted = false;

  /** @param protocols called for each connection, as the key may change */
  constructor(protocols, listen, state) {
    this.#protocols = protocols;
    this.#listen = listen;
    this.#state = state;
    addEventListener('online', () => this.hurry());
    document.addEventListener('visibilitychange', () => document.hidden || this.hurry());
  }

  open() {
    this.#wanted = true;
    this.hurry();
  }

  /** Connects now, where it waits to. */
  hurry() {
    if (this.#wanted && this.#socket === null) {
      this.#connect();
    }
  }

  close() {
    this.#wanted = false;
    clearTimeout(this.#timer);
    this.#socket?.close(1000);
    this.#socket = null;
    this.#state('closed');
  }

  /** False where there is no connection: the frame is not sent. */
  send(frame) {
    if (this.#socket?.readyState !== WebSocket.OPEN) {
      return false;
    }
    this.#socket.send(JSON.stringify(frame));
    return true;
  }

  #connect() {
    clearTimeout(this.#timer);
    this.#state('connecting');
    const address = new URL('/chat/ws', location.href);
    address.protocol = address.protocol === 'https:' ? 'wss:' : 'ws:';
    const socket = new WebSocket(address, this.#protocols());
    this.#socket = socket;
    socket.onopen = () => {
      this.#failures = 0;
      this.#state('open');
    };
    socket.onmessage = (message) => this.#listen(JSON.parse(message.data));
    socket.onclose = () => {
      if (this.#socket === socket) {
        this.#socket = null;
        this.#retry();
      }
    };
  }

  #retry() {
    const wait = Math.min(LONGEST_WAIT_MS, FIRST_WAIT_MS * 2 ** this.#failures++) * (0.75 + Math.random() / 2);
    this.#state('waiting');
    this.#timer = setTimeout(() => this.hurry(), wait);
  }
}

/** A browser's WebSocket has no headers: the key is offered as a second protocol. */
export function protocols(key) {
  return key ? [PROTOCOL, `anyserve.key.${base64url(key)}`] : [PROTOCOL];
}

function base64url(text) {
  const bytes = String.fromCharCode(...new TextEncoder().encode(text));
  return btoa(bytes).replaceAll('+', '-').replaceAll('/', '_').replace(/=+$/, '');
}
