package io.anyserve.contracts.sampling;

import io.anyserve.contracts.TokenIds;
import io.anyserve.contracts.validation.Preconditions;
import java.util.Collection;
import java.util.Collections;
import java.util.List;
import java.util.SortedSet;
import java.util.TreeSet;

/**
 * Where an answer ends before its length is reached.
 *
 * @param strings it ends before the first of these
 * @param tokens it ends before the first of these ids, which only its engine can check
 * @param ignoreEos goes on where the model would end
 * @param minTokens tokens that the answer has at least: before them neither the model nor these
 *     criteria end it
 */
public record StopCriteria(
    List<String> strings, SortedSet<Integer> tokens, boolean ignoreEos, int minTokens) {

  public static final int MAX_STRINGS = 16;
  public static final int MAX_STRING_LENGTH = 256;
  public static final int MAX_TOKENS = 64;

  /** Where the model ends it. */
  public static final StopCriteria NONE = new StopCriteria(List.of(), false);

  public StopCriteria {
    strings = List.copyOf(strings);
    tokens = Collections.unmodifiableSortedSet(new TreeSet<>(tokens));
    Preconditions.that(
        strings.size() <= MAX_STRINGS, "stop", strings.size() + " strings", most(MAX_STRINGS));
    strings.forEach(StopCriteria::check);
    Preconditions.that(
        tokens.size() <= MAX_TOKENS, "stop_token_ids", tokens.size() + " ids", most(MAX_TOKENS));
    for (int token : tokens) {
      Preconditions.that(token >= 0, "stop_token_ids", token, "ids of at least 0");
    }
    Preconditions.that(minTokens >= 0, "min_tokens", minTokens, ">= 0");
  }

  /** By strings alone. */
  public StopCriteria(List<String> strings, boolean ignoreEos) {
    this(strings, Collections.emptySortedSet(), ignoreEos, 0);
  }

  private static void check(String string) {
    Preconditions.that(
        !string.isEmpty() && string.length() <= MAX_STRING_LENGTH,
        "stop",
        Preconditions.printable(string),
        "1 to " + MAX_STRING_LENGTH + " characters");
    Preconditions.text("stop", string);
  }

  private static String most(int count) {
    return "at most " + count;
  }

  /** The ids as a list. */
  public TokenIds tokenIds() {
    return TokenIds.of(tokens.stream().mapToInt(token -> token).toArray());
  }

  /** The same with these ids. */
  public StopCriteria withTokens(Collection<Integer> ids) {
    return new StopCriteria(strings, new TreeSet<>(ids), ignoreEos, minTokens);
  }

  /** The same, not before that many tokens. */
  public StopCriteria withMinTokens(int tokensAtLeast) {
    return new StopCriteria(strings, tokens, ignoreEos, tokensAtLeast);
  }
}
