package io.anyserve.worker.torch.cache;

/**
 * How many sequences a decoder holds at once and how long each may become.
 *
 * @param slots sequences
 * @param slotLength tokens per sequence, prompt included
 * @param pages of {@link #PAGE} tokens that are in memory at once; those of one slot at least
 */
public record KvCacheConfig(int slots, int slotLength, int pages) {

  /** Tokens of a page; parts of prompts end where pages do. */
  public static final int PAGE = 64;

  public KvCacheConfig {
    require(slots >= 1, "slots", slots, ">= 1");
    require(slotLength >= 2, "slotLength", slotLength, ">= 2");
    int fewest = pages(slotLength);
    require(pages >= fewest, "pages", pages, ">= " + fewest + ", those of one slot");
  }

  /** With memory for all slots. */
  public KvCacheConfig(int slots, int slotLength) {
    this(slots, slotLength, Math.multiplyExact(slots, pages(slotLength)));
  }

  private static int pages(int tokens) {
    return Math.ceilDiv(tokens, PAGE);
  }

  public long rows() {
    return (long) slots * slotLength;
  }

  /** The row of the cache that belongs to a position of a slot. */
  public long row(int slot, int position) {
    require(slot >= 0 && slot < slots, "slot", slot, "0 to " + (slots - 1));
    require(
        position >= 0 && position < slotLength,
        "position",
        position,
        "0 to " + (slotLength - 1) + ", the slot's length");
    return (long) slot * slotLength + position;
  }

  private static void require(boolean holds, String name, int value, String expected) {
    if (!holds) {
      throw new IllegalArgumentException(name + ": " + value + " (expected: " + expected + ")");
    }
  }
}
