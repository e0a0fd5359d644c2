// Keeps the end of the transcript in sight while it grows, unless the reader has scrolled up.

const NEAR_PX = 80;

export class Scroll {
  away = false;
  #scroller = null;
  #end = null;

  attach(scroller, changed) {
    this.#scroller = scroller;
    scroller.addEventListener('scroll', () => {
      const away = scroller.scrollHeight - scroller.scrollTop - scroller.clientHeight > NEAR_PX;
      if (away !== this.away) {
        this.away = away;
        changed();
      }
    }, { passive: true });
  }

  /** After each drawing. A new message or another conversation leads to the end again. */
  follow(chat) {
    const end = `${chat.conversation?.id} ${chat.path.findLast((message) => message.role === 'user')?.id}`;
    if (end !== this.#end) {
      this.#end = end;
      this.away = false;
    }
    if (!this.away && this.#scroller) {
      this.#scroller.scrollTop = this.#scroller.scrollHeight;
    }
  }

  toEnd() {
    this.#scroller.scrollTo({ top: this.#scroller.scrollHeight, behavior: matchMedia('(prefers-reduced-motion: reduce)').matches ? 'auto' : 'smooth' });
  }
}
