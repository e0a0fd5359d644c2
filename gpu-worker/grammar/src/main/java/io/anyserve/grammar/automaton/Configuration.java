package io.anyserve.grammar.automaton;

import io.anyserve.grammar.regular.JsonTerms;
import io.anyserve.grammar.regular.Term;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * One way to read a document so far: what is left of the word that is being written, and what
 * follows it.
 */
public final class Configuration {

  private final Term term;
  private final @Nullable NameText name;
  private final @Nullable Frame rest;

  /**
   * @param name what is written of another property's name, where the word is one; the rest is then
   *     the name's own frame
   */
  Configuration(Term term, @Nullable NameText name, @Nullable Frame rest) {
    this.term = term;
    this.name = name;
    this.rest = rest;
  }

  /** Before the first byte. */
  public static Configuration start(Production production) {
    return new Configuration(JsonTerms.EMPTY, null, Frame.of(production, null));
  }

  public Term term() {
    return term;
  }

  /** Whether what follows depends on how the word is written. */
  public boolean named() {
    return name != null;
  }

  /** The same, that many bytes of the word later. */
  public Configuration after(Term next, byte... bytes) {
    NameText longer = name;
    if (longer != null) {
      for (byte one : bytes) {
        longer = longer.and(one);
      }
    }
    return new Configuration(next, longer, rest);
  }

  /** Whether the name may be written, where one is complete here. */
  public boolean allowed() {
    return name == null || !term.isEmpty() || Expansion.takes(Objects.requireNonNull(rest), name);
  }

  /** What may begin where the word ends here. */
  public Expansion followers() {
    if (name == null) {
      return Expansion.of(rest);
    }
    return Expansion.named(Objects.requireNonNull(rest), name);
  }

  /** Whether the document may end here. */
  public boolean mayEnd() {
    if (!term.nullable()) {
      return false;
    }
    Expansion followers = followers();
    return followers.end() || followers.configurations().stream().anyMatch(Configuration::mayEnd);
  }

  @Override
  public boolean equals(@Nullable Object other) {
    return other instanceof Configuration that
        && term == that.term
        && Objects.equals(name, that.name)
        && Objects.equals(rest, that.rest);
  }

  @Override
  public int hashCode() {
    return (System.identityHashCode(term) * 31 + Objects.hashCode(name)) * 31
        + Objects.hashCode(rest);
  }
}
