package io.anyserve.grammar;

import io.anyserve.grammar.automaton.Configuration;
import io.anyserve.grammar.automaton.Expansion;
import io.anyserve.grammar.regular.Term;
import java.util.LinkedHashSet;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * How far a document has come: a function of the grammar and of the bytes so far. Immutable.
 *
 * <p>Where a grammar is ambiguous, the state is all the ways to read the bytes, up to a bound;
 * beyond it some documents are not allowed that the grammar has, never the other way round.
 */
public final class GrammarState {

  private static final int MOST_CONFIGURATIONS = 4096;

  /** Neither text nor a mark has it. */
  private static final byte OUTSIDE_UTF_8 = (byte) 0xfe;

  private final Set<Configuration> configurations;
  private final int hash;

  GrammarState(Set<Configuration> configurations) {
    this.configurations = configurations;
    this.hash = configurations.hashCode();
  }

  /** The state behind further bytes; {@link #failed} where they are not allowed. */
  public GrammarState advance(byte... bytes) {
    Set<Configuration> now = configurations;
    for (byte one : bytes) {
      Set<Configuration> next = new LinkedHashSet<>();
      now.forEach(configuration -> step(configuration, one, next));
      now = next;
    }
    return new GrammarState(now);
  }

  /** Whether the bytes so far begin no document. */
  public boolean failed() {
    return configurations.isEmpty();
  }

  /** Whether the document is complete if it ends here. */
  public boolean mayEnd() {
    return configurations.stream().anyMatch(Configuration::mayEnd);
  }

  /** Whether nothing may follow any more. */
  public boolean mustEnd() {
    return configurations.stream().allMatch(GrammarState::ended);
  }

  /** Whether anything may come next, as within free text. */
  public boolean free() {
    return !advance(OUTSIDE_UTF_8).failed();
  }

  Set<Configuration> configurations() {
    return configurations;
  }

  @Override
  public boolean equals(@Nullable Object other) {
    return other instanceof GrammarState state
        && hash == state.hash
        && configurations.equals(state.configurations);
  }

  @Override
  public int hashCode() {
    return hash;
  }

  private static void step(Configuration configuration, byte one, Set<Configuration> next) {
    Term term = configuration.term();
    Term rest = term.next(one & 0xff);
    if (!rest.isNothing() && next.size() < MOST_CONFIGURATIONS) {
      Configuration later = configuration.after(rest, one);
      if (later.allowed()) {
        next.add(later);
      }
    }
    if (term.nullable()) {
      for (Configuration follower : configuration.followers().configurations()) {
        step(follower, one, next);
      }
    }
  }

  private static boolean ended(Configuration configuration) {
    Term term = configuration.term();
    if (!term.isEmpty()) {
      return false;
    }
    Expansion followers = configuration.followers();
    return followers.configurations().stream().allMatch(GrammarState::ended);
  }
}
