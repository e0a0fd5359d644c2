package io.anyserve.worker.chat;

/** What is left of the {@link Limits} during one rendering; owned by the rendering thread. */
final class Budget {

  private final Limits limits;
  private long steps;
  private long work;
  private int depth;

  Budget(Limits limits) {
    this.limits = limits;
  }

  void step() {
    steps(1);
  }

  void steps(long count) {
    steps += count;
    if (steps > limits.steps()) {
      throw TemplateException.limit("more than %d steps".formatted(limits.steps()));
    }
  }

  /** Counts characters that are copied or searched. */
  void characters(long count) {
    work += count;
    if (work > limits.work()) {
      throw TemplateException.limit("more than %d characters of work".formatted(limits.work()));
    }
  }

  void text(long length) {
    if (length > limits.characters()) {
      throw TemplateException.limit(
          "a text of more than %d characters".formatted(limits.characters()));
    }
  }

  void enter() {
    step();
    if (++depth > limits.depth()) {
      throw TemplateException.limit("nested deeper than %d".formatted(limits.depth()));
    }
  }

  void leave() {
    depth--;
  }
}
