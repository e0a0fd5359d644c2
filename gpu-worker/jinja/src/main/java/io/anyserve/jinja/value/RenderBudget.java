package io.anyserve.jinja.value;

/** What is left of the {@link RenderLimits} during one rendering; owned by the rendering thread. */
public final class RenderBudget {

  private final RenderLimits limits;
  private long steps;
  private long copied;
  private long searched;
  private int depth;

  public RenderBudget(RenderLimits limits) {
    this.limits = limits;
  }

  public void step() {
    steps(1);
  }

  public void steps(long count) {
    steps += count;
    if (steps > limits.steps()) {
      throw TemplateException.limit("more than %d steps".formatted(limits.steps()));
    }
  }

  /** Counts characters that a new text holds. */
  public void copy(long characters) {
    copied += characters;
    if (copied > limits.copied()) {
      throw TemplateException.limit("more than %d characters made".formatted(limits.copied()));
    }
  }

  public void search(long characters) {
    search(characters, 1);
  }

  /** Counts a search by its worst case, which is the product of both lengths. */
  public void search(long characters, long wanted) {
    searched += characters * (1 + wanted / 16);
    if (searched > limits.searched()) {
      throw TemplateException.limit(
          "more than %d characters searched".formatted(limits.searched()));
    }
  }

  void text(long length) {
    if (length > limits.characters()) {
      throw TemplateException.limit(
          "a text of more than %d characters".formatted(limits.characters()));
    }
  }

  public void enter() {
    step();
    if (++depth > limits.depth()) {
      throw TemplateException.limit("nested deeper than %d".formatted(limits.depth()));
    }
  }

  public void leave() {
    depth--;
  }
}
