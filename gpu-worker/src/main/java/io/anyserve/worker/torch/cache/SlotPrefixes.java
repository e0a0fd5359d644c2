package io.anyserve.worker.torch.cache;

import io.anyserve.contracts.TenantId;
import java.util.Arrays;
import java.util.BitSet;
import java.util.OptionalInt;
import org.jspecify.annotations.Nullable;

/**
 * What the cache's slots hold of prompts, also after their sequences have ended: a prompt that
 * begins like one of the same tenant need not be computed from its beginning.
 *
 * <p>Only what was read as a prompt counts, up to a multiple of a part: a cache row that is taken
 * over has the bits that reading the prompt would give it. Owned by the engine thread.
 */
public final class SlotPrefixes {

  private static final int[] NOTHING = {};

  private final int partLength;
  private final @Nullable TenantId[] tenants;
  private final int[][] prompts;
  private final int[] written;
  private final long[] freedAt;
  private long freed;

  /**
   * Of empty slots.
   *
   * @param partLength where prompts are cut
   */
  SlotPrefixes(int slots, int partLength) {
    this.partLength = partLength;
    this.tenants = new TenantId[slots];
    this.prompts = new int[slots][];
    Arrays.fill(prompts, NOTHING);
    this.written = new int[slots];
    this.freedAt = new long[slots];
  }

  /**
   * Where a prompt goes.
   *
   * @param slot that is free
   * @param source the slot that holds the beginning of the prompt; possibly the same
   * @param length tokens of that beginning; 0 where no slot holds any
   */
  public record Placement(int slot, int source, int length) {}

  /**
   * The slot for a prompt: the one that holds its longest beginning, else the one that has been
   * free for longest.
   *
   * @param occupied slots of sequences; at least one is free
   */
  Placement place(TenantId tenant, int[] prompt, BitSet occupied) {
    int source = 0;
    int longest = 0;
    for (int slot = 0; slot < prompts.length; slot++) {
      int shared = shared(slot, tenant, prompt);
      boolean better = shared > longest || (shared == longest && occupied.get(source));
      if (shared > 0 && better) {
        source = slot;
        longest = shared;
      }
    }
    boolean free = longest > 0 && !occupied.get(source);
    int slot = free ? source : longestFree(occupied);
    return new Placement(slot, longest > 0 ? source : slot, longest);
  }

  /** Whole parts; the last token of a prompt is always computed, as the answer comes from it. */
  private int shared(int slot, TenantId tenant, int[] prompt) {
    if (!tenant.equals(tenants[slot])) {
      return 0;
    }
    int most = Math.min(written[slot], prompt.length - 1);
    int differs = Arrays.mismatch(prompts[slot], 0, most, prompt, 0, most);
    int same = differs < 0 ? most : differs;
    return same - same % partLength;
  }

  private int longestFree(BitSet occupied) {
    int slot = -1;
    for (int i = occupied.nextClearBit(0); i < prompts.length; i = occupied.nextClearBit(i + 1)) {
      if (slot < 0 || freedAt[i] < freedAt[slot]) {
        slot = i;
      }
    }
    return slot;
  }

  /** The slot gets that prompt, of which it holds the first tokens already. */
  void begin(int slot, TenantId tenant, int[] prompt, int already) {
    tenants[slot] = tenant;
    prompts[slot] = prompt;
    written[slot] = already;
  }

  /** So many tokens of the slot's sequence are in the cache now. */
  void written(int slot, int tokens) {
    written[slot] = Math.min(tokens, prompts[slot].length);
  }

  /** The sequence of the slot has ended; what it held stays until another one takes the slot. */
  void free(int slot) {
    freedAt[slot] = ++freed;
  }

  /** Tokens of the slot's prompt that another one may begin with. */
  int length(int slot) {
    return written[slot] - written[slot] % partLength;
  }

  /** Of the slots without a sequence that hold anything, the one that has been free for longest. */
  OptionalInt oldest(BitSet occupied) {
    int oldest = -1;
    for (int i = occupied.nextClearBit(0); i < prompts.length; i = occupied.nextClearBit(i + 1)) {
      if (written[i] > 0 && (oldest < 0 || freedAt[i] < freedAt[oldest])) {
        oldest = i;
      }
    }
    return oldest < 0 ? OptionalInt.empty() : OptionalInt.of(oldest);
  }

  /** What the slot holds is not known. */
  void forget(int slot) {
    tenants[slot] = null;
    prompts[slot] = NOTHING;
    written[slot] = 0;
  }
}
