package io.anyserve.worker.simulated;

import io.anyserve.contracts.TenantId;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Remembers the beginnings of prompts in blocks of tokens, as vLLM's automatic prefix caching does:
 * a block is found only behind the same blocks, and the least recently used one is evicted. A
 * prompt's last token is never cached, as it is what the first token of the answer comes from. A
 * token is a word. Owned by the engine's thread.
 */
final class PrefixCache {

  /** Tokens of a block. */
  static final int BLOCK = 16;

  private static final long ROOT = 0;

  private final int capacity;
  private final Map<Block, Long> blocks = new LinkedHashMap<>(16, 0.75f, true);
  private long lastId = ROOT;

  /** A block's words, and which block of the same tenant they follow. */
  private record Block(TenantId tenant, long parent, List<String> words) {}

  /**
   * @param tokens to remember at most; whole blocks count
   */
  PrefixCache(int tokens) {
    this.capacity = tokens / BLOCK;
  }

  /**
   * How many of the prompt's first tokens it knew of that tenant; it knows the whole prompt from
   * now on.
   */
  int take(TenantId tenant, String prompt) {
    if (capacity == 0) {
      return 0;
    }
    List<Block> path = new ArrayList<>();
    List<String> words = words(prompt);
    long parent = ROOT;
    int known = 0;
    for (int from = 0; from + BLOCK < words.size() && path.size() < capacity; from += BLOCK) {
      var block = new Block(tenant, parent, List.copyOf(words.subList(from, from + BLOCK)));
      Long id = blocks.get(block);
      known += id == null ? 0 : BLOCK;
      parent = id == null ? remember(block) : id;
      path.add(block);
    }
    path.reversed().forEach(blocks::get);
    forgetEldest();
    return known;
  }

  private long remember(Block block) {
    blocks.put(block, ++lastId);
    return lastId;
  }

  /** A prompt's blocks were used from its end to its beginning: its end goes first. */
  private void forgetEldest() {
    var eldest = blocks.entrySet().iterator();
    while (blocks.size() > capacity) {
      eldest.next();
      eldest.remove();
    }
  }

  private static List<String> words(String prompt) {
    List<String> words = new ArrayList<>();
    int begin = -1;
    for (int i = 0; i <= prompt.length(); i++) {
      boolean letter = i < prompt.length() && prompt.charAt(i) > ' ';
      if (letter && begin < 0) {
        begin = i;
      } else if (!letter && begin >= 0) {
        words.add(prompt.substring(begin, i));
        begin = -1;
      }
    }
    return words;
  }
}
