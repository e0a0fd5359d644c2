package io.anyserve.grammar.automaton;

import org.jspecify.annotations.Nullable;

/** The names that an object has and that its production does not list, the last first. */
record WrittenNames(NameText name, @Nullable WrittenNames before, int hash) {

  static WrittenNames of(@Nullable WrittenNames before, NameText name) {
    return new WrittenNames(
        name, before, 31 * (before == null ? 7 : before.hash) + name.hashCode());
  }

  static boolean has(@Nullable WrittenNames names, NameText name) {
    for (@Nullable WrittenNames one = names; one != null; one = one.before) {
      if (one.name.equals(name)) {
        return true;
      }
    }
    return false;
  }

  @Override
  public boolean equals(@Nullable Object other) {
    if (!(other instanceof WrittenNames names)) {
      return false;
    }
    @Nullable WrittenNames one = this;
    @Nullable WrittenNames two = names;
    while (one != null && two != null && one.hash == two.hash && one.name.equals(two.name)) {
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
