package io.anyserve.grammar.automaton;

import org.jspecify.annotations.Nullable;

/** A production that has begun or is to begin, and those around it. Immutable. */
final class Frame {

  private final Production production;
  private final int position;
  private final int count;
  private final @Nullable WrittenNames written;
  private final @Nullable Frame below;
  private final int hash;

  private Frame(
      Production production,
      int position,
      int count,
      @Nullable WrittenNames written,
      @Nullable Frame below) {
    this.production = production;
    this.position = position;
    this.count = count;
    this.written = written;
    this.below = below;
    int mine = System.identityHashCode(production) * 31 + position * 17 + count;
    int names = written == null ? 0 : written.hashCode();
    this.hash = (mine * 31 + names) * 31 + (below == null ? 0 : below.hash);
  }

  /** A production that has not begun. */
  static Frame of(Production production, @Nullable Frame below) {
    return new Frame(production, 0, 0, null, below);
  }

  Frame at(int next) {
    return new Frame(production, next, count, written, below);
  }

  Frame at(int next, int counted) {
    return new Frame(production, next, counted, written, below);
  }

  Frame at(int next, int counted, WrittenNames names) {
    return new Frame(production, next, counted, names, below);
  }

  Production production() {
    return production;
  }

  /** 0 before the beginning. */
  int position() {
    return position;
  }

  int count() {
    return count;
  }

  @Nullable WrittenNames written() {
    return written;
  }

  @Nullable Frame below() {
    return below;
  }

  @Override
  public boolean equals(@Nullable Object other) {
    @Nullable Frame one = this;
    @Nullable Frame two = other instanceof Frame frame ? frame : null;
    while (one != null && two != null && one.hash == two.hash && one.alike(two)) {
      if (one == two) {
        return true;
      }
      one = one.below;
      two = two.below;
    }
    return one == two;
  }

  @Override
  public int hashCode() {
    return hash;
  }

  /** Productions are compared by identity: they may be large, and refer to themselves. */
  @SuppressWarnings("ReferenceEquality")
  private boolean alike(Frame other) {
    return production == other.production
        && position == other.position
        && count == other.count
        && (written == null ? other.written == null : written.equals(other.written));
  }
}
