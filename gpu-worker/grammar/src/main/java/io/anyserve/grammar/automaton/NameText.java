package io.anyserve.grammar.automaton;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.anyserve.grammar.regular.Spelling;
import org.jspecify.annotations.Nullable;

/** The name of a property as far as it is written, the closing quote included, last byte first. */
final class NameText {

  static final NameText START = new NameText(null, (byte) 0, 1);

  private final @Nullable NameText before;
  private final byte last;
  private final int hash;

  private NameText(@Nullable NameText before, byte last, int hash) {
    this.before = before;
    this.last = last;
    this.hash = hash;
  }

  static NameText of(String name) {
    NameText text = START;
    for (byte one : (Spelling.JSON.of(name) + "\"").getBytes(UTF_8)) {
      text = text.and(one);
    }
    return text;
  }

  NameText and(byte next) {
    return new NameText(this, next, 31 * hash + next);
  }

  @Override
  public boolean equals(@Nullable Object other) {
    if (!(other instanceof NameText name) || name.hash != hash) {
      return false;
    }
    @Nullable NameText one = this;
    @Nullable NameText two = name;
    while (one != null && two != null && one.last == two.last) {
      if (one == two) {
        return true;
      }
      one = one.before;
      two = two.before;
    }
    return one == two;
  }

  @Override
  public int hashCode() {
    return hash;
  }
}
