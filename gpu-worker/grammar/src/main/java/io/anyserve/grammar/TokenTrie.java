package io.anyserve.grammar;

import java.util.Arrays;
import java.util.Comparator;

/**
 * The tokens of a vocabulary as a tree of their bytes, its nodes in the order in which a walk from
 * the left meets them. The root is node 0. Immutable.
 */
public final class TokenTrie {

  static final int ROOT = 0;
  private static final int NONE = -1;

  private final int vocabulary;
  private byte[] labels = new byte[1024];
  private int[] ends = new int[1024];
  private int[] parents = new int[1024];
  private int[] depths = new int[1024];
  private int[] tokens = new int[1024];
  private final int[] sameBytes;
  private int nodes = 1;
  private int longest;

  private TokenTrie(int vocabulary) {
    this.vocabulary = vocabulary;
    this.sameBytes = new int[vocabulary];
    Arrays.fill(sameBytes, NONE);
    tokens[ROOT] = NONE;
    ends[ROOT] = 1;
  }

  /**
   * The tree of a vocabulary.
   *
   * @param bytes by token; a token of none, such as a special one, is left out
   */
  public static TokenTrie of(byte[]... bytes) {
    var trie = new TokenTrie(bytes.length);
    Integer[] order = new Integer[bytes.length];
    Arrays.setAll(order, i -> i);
    Arrays.sort(
        order,
        Comparator.<Integer, byte[]>comparing(i -> bytes[i], Arrays::compareUnsigned)
            .thenComparing(Comparator.reverseOrder()));
    int[] path = {ROOT};
    byte[] last = {};
    for (int token : order) {
      if (bytes[token].length > 0) {
        path = trie.add(token, bytes[token], last, path);
        last = bytes[token];
      }
    }
    trie.close();
    return trie;
  }

  /** Tokens of the vocabulary, those that are left out included. */
  public int vocabulary() {
    return vocabulary;
  }

  /** Bytes of the longest token. */
  int longest() {
    return longest;
  }

  byte label(int node) {
    return labels[node];
  }

  /** The first node that is not below it. */
  int end(int node) {
    return ends[node];
  }

  int depth(int node) {
    return depths[node];
  }

  boolean leaf(int node) {
    return ends[node] == node + 1;
  }

  /** The first token that ends at a node, or a negative number. */
  int token(int node) {
    return tokens[node];
  }

  /** The next token of the same bytes, or a negative number. */
  int next(int token) {
    return sameBytes[token];
  }

  /** Adds the tokens that end at a node. */
  void addTo(int node, long... mask) {
    for (int token = tokens[node]; token >= 0; token = sameBytes[token]) {
      mask[token / 64] |= 1L << (token % 64);
    }
  }

  /** The bytes from one node down to another. */
  byte[] path(int from, int to) {
    byte[] path = new byte[depths[to] - depths[from]];
    int node = to;
    for (int i = path.length - 1; i >= 0; i--) {
      path[i] = labels[node];
      node = parents[node];
    }
    return path;
  }

  private int[] add(int token, byte[] bytes, byte[] last, int... path) {
    int common = Math.max(0, Arrays.mismatch(bytes, last));
    if (Arrays.equals(bytes, last)) {
      common = bytes.length;
    }
    int[] own = Arrays.copyOf(path, bytes.length + 1);
    for (int i = common; i < bytes.length; i++) {
      own[i + 1] = node(own[i], bytes[i], i + 1);
    }
    int node = own[bytes.length];
    if (tokens[node] != NONE) {
      sameBytes[token] = tokens[node];
    }
    tokens[node] = token;
    longest = Math.max(longest, bytes.length);
    return own;
  }

  private int node(int parent, byte label, int depth) {
    if (nodes == labels.length) {
      grow(2 * nodes);
    }
    labels[nodes] = label;
    parents[nodes] = parent;
    depths[nodes] = depth;
    tokens[nodes] = NONE;
    return nodes++;
  }

  private void close() {
    grow(nodes);
    for (int i = 0; i < nodes; i++) {
      ends[i] = i + 1;
    }
    for (int i = nodes - 1; i > ROOT; i--) {
      ends[parents[i]] = Math.max(ends[parents[i]], ends[i]);
    }
  }

  private void grow(int size) {
    labels = Arrays.copyOf(labels, size);
    ends = Arrays.copyOf(ends, size);
    parents = Arrays.copyOf(parents, size);
    depths = Arrays.copyOf(depths, size);
    tokens = Arrays.copyOf(tokens, size);
  }
}
