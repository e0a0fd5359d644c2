package io.anyserve.worker.torch.cache;

import io.anyserve.worker.engine.CacheUse;
import java.util.BitSet;
import java.util.stream.IntStream;

/**
 * How much of the cache each slot holds in memory, in pages of a fixed number of tokens. Owned by
 * the engine thread.
 *
 * <p>A slot's tokens lie one behind the other at addresses of its own, so that attention reads them
 * as one stretch; memory stands behind an address from the first write until it is given back. What
 * a block table does elsewhere, the operating system's page tables do here.
 */
public final class KvPages {

  private final int pageLength;
  private final int pages;
  private final int[] held;
  private final Memory memory;
  private int free;

  /** What stands behind the addresses of a cache. */
  @FunctionalInterface
  public interface Memory {

    /** The tokens of a slot from one position up to another are not needed any more. */
    void release(int slot, int from, int to);
  }

  /**
   * Nothing is held yet.
   *
   * @param pageLength tokens
   * @param pages that may be held at once
   */
  public KvPages(int slots, int pageLength, int pages, Memory memory) {
    this.pageLength = pageLength;
    this.pages = pages;
    this.held = new int[slots];
    this.memory = memory;
    this.free = pages;
  }

  /** The pages of so many tokens. */
  int pages(int tokens) {
    return (tokens + pageLength - 1) / pageLength;
  }

  /** Pages that nobody holds. */
  int free() {
    return free;
  }

  /** Pages of a slot. */
  int held(int slot) {
    return held[slot];
  }

  /** Tokens for which a slot has memory. */
  int room(int slot) {
    return held[slot] * pageLength;
  }

  /** Gives the slot memory for so many tokens, if there is as much; less it never gets. */
  boolean grow(int slot, int tokens) {
    int more = pages(tokens) - held[slot];
    if (more > free) {
      return false;
    }
    if (more > 0) {
      held[slot] += more;
      free -= more;
    }
    return true;
  }

  /** Takes from the slot what so many tokens do not need. */
  void shrink(int slot, int tokens) {
    int kept = pages(tokens);
    if (kept < held[slot]) {
      memory.release(slot, kept * pageLength, held[slot] * pageLength);
      free += held[slot] - kept;
      held[slot] = kept;
    }
  }

  /**
   * What is held.
   *
   * @param occupied slots of running sequences
   */
  CacheUse use(BitSet occupied) {
    int running = occupied.stream().map(slot -> held[slot]).sum();
    return new CacheUse(pages, running, IntStream.of(held).sum() - running);
  }
}
