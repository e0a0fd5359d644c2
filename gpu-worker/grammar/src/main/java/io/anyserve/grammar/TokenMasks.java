package io.anyserve.grammar;

import io.anyserve.grammar.automaton.Configuration;
import io.anyserve.grammar.automaton.Expansion;
import io.anyserve.grammar.regular.Term;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * The tokens of one vocabulary that a grammar allows next.
 *
 * <p>Within a word they depend on the word alone, so the walk through the vocabulary is remembered
 * by word and shared by all places and grammars where it stands; only tokens that end the word are
 * followed further each time. One thread owns it.
 */
public final class TokenMasks {

  private static final int MOST_WALKS = 2048;
  private static final int MOST_MASKS = 512;

  private final TokenTrie trie;
  private final Map<Term, TokenWalk> walks = new RecentlyUsed<>(MOST_WALKS);
  private final Map<GrammarState, long[]> masks = new RecentlyUsed<>(MOST_MASKS);

  public TokenMasks(TokenTrie trie) {
    this.trie = trie;
  }

  /**
   * The tokens that may come next, of those that have bytes.
   *
   * @return one bit for each token, 64 to a word, the lowest first; not to be changed
   */
  public long[] mask(GrammarState state) {
    long[] known = masks.get(state);
    if (known != null) {
      return known;
    }
    long[] mask = new long[(trie.vocabulary() + 63) / 64];
    for (Configuration configuration : state.configurations()) {
      walk(configuration, TokenTrie.ROOT, mask);
    }
    masks.put(state, mask);
    return mask;
  }

  private void walk(Configuration configuration, int from, long... mask) {
    if (configuration.named()) {
      walkName(configuration, from, mask);
      return;
    }
    Term term = configuration.term();
    TokenWalk walk = from == TokenTrie.ROOT ? walkOfAll(term) : TokenWalk.of(trie, term, from);
    walk.addTo(mask);
    if (!term.nullable() && walk.ends().length == 0) {
      return;
    }
    Expansion followers = configuration.followers();
    if (term.nullable()) {
      follow(followers, from, mask);
    }
    for (int end : walk.ends()) {
      follow(followers, end, mask);
    }
  }

  /** Whether a name may end depends on how it is written. */
  private void walkName(Configuration configuration, int from, long... mask) {
    Term term = configuration.term();
    if (term.isEmpty()) {
      follow(configuration.followers(), from, mask);
      return;
    }
    TokenWalk walk = from == TokenTrie.ROOT ? walkOfAll(term) : TokenWalk.of(trie, term, from);
    walk.addOpenTo(mask);
    for (int end : walk.completions()) {
      Configuration complete = configuration.after(term.terms().empty(), trie.path(from, end));
      if (complete.allowed()) {
        trie.addTo(end, mask);
        follow(complete.followers(), end, mask);
      }
    }
  }

  private void follow(Expansion followers, int node, long... mask) {
    for (Configuration follower : followers.configurations()) {
      walk(follower, node, mask);
    }
  }

  private TokenWalk walkOfAll(Term term) {
    Term near = term.within(trie.longest() + 1);
    TokenWalk walk = walks.get(near);
    if (walk == null) {
      walk = TokenWalk.of(trie, near, TokenTrie.ROOT);
      walks.put(near, walk);
    }
    return walk;
  }

  /** Forgets what was not used for longest. */
  private static final class RecentlyUsed<K, V> extends LinkedHashMap<K, V> {

    private static final long serialVersionUID = 1L;

    private final int most;

    RecentlyUsed(int most) {
      super(16, 0.75f, true);
      this.most = most;
    }

    @Override
    protected boolean removeEldestEntry(Map.Entry<K, V> eldest) {
      return size() > most;
    }
  }
}
