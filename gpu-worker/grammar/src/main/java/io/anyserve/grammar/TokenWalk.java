package io.anyserve.grammar;

import io.anyserve.grammar.regular.Term;
import java.util.Arrays;

/** What a walk through a part of a vocabulary found that continues one word. */
final class TokenWalk {

  private final TokenSet open;
  private final TokenSet complete;
  private final int[] ends;
  private final int[] completions;

  private TokenWalk(Walker walker) {
    this.open = walker.open.set(walker.trie.vocabulary());
    this.complete = walker.complete.set(walker.trie.vocabulary());
    this.ends = walker.ends.list();
    this.completions = walker.completions.list();
  }

  /** Below a node, the node itself left out. */
  static TokenWalk of(TokenTrie trie, Term term, int from) {
    var walker = new Walker(trie);
    if (!trie.leaf(from)) {
      walker.scan(term, from);
    }
    return new TokenWalk(walker);
  }

  /** Adds the tokens that stay in the word or complete it. */
  void addTo(long... mask) {
    open.addTo(mask);
    complete.addTo(mask);
  }

  /** Adds the tokens behind which the word goes on. */
  void addOpenTo(long... mask) {
    open.addTo(mask);
  }

  /** Nodes inside of longer tokens at which the word may end; not to be changed. */
  int[] ends() {
    return ends;
  }

  /** Nodes at which the word is complete, the ends of tokens among them; not to be changed. */
  int[] completions() {
    return completions;
  }

  private static final class Walker {

    private final TokenTrie trie;
    private final TokenSet.Numbers open = new TokenSet.Numbers();
    private final TokenSet.Numbers complete = new TokenSet.Numbers();
    private final TokenSet.Numbers ends = new TokenSet.Numbers();
    private final TokenSet.Numbers completions = new TokenSet.Numbers();

    Walker(TokenTrie trie) {
      this.trie = trie;
    }

    void scan(Term term, int from) {
      int base = trie.depth(from);
      Term[] path = new Term[trie.longest() - base + 1];
      Arrays.fill(path, term);
      int node = from + 1;
      int end = trie.end(from);
      while (node < end) {
        int depth = trie.depth(node) - base;
        Term next = path[depth - 1].next(trie.label(node) & 0xff);
        if (next.isNothing()) {
          node = trie.end(node);
          continue;
        }
        path[depth] = next;
        found(node, next);
        node = next.isEmpty() ? trie.end(node) : node + 1;
      }
    }

    private void found(int node, Term next) {
      TokenSet.Numbers tokens = next.isEmpty() ? complete : open;
      for (int token = trie.token(node); token >= 0; token = trie.next(token)) {
        tokens.add(token);
      }
      if (next.nullable() && !trie.leaf(node)) {
        ends.add(node);
      }
      if (next.isEmpty()) {
        completions.add(node);
      }
    }
  }
}
