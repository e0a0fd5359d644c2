package io.anyserve.worker.torch.cache;

import io.anyserve.contracts.TenantId;
import io.anyserve.worker.engine.CacheUse;
import io.anyserve.worker.torch.cache.SlotPrefixes.Placement;
import java.util.BitSet;
import java.util.Optional;
import java.util.OptionalInt;

/**
 * Which slots of a cache have sequences, what each holds of prompts, and its memory. Owned by the
 * engine thread.
 *
 * <pre>
 * free --- take ---> occupied --- leave ---> free, keeps the memory of its prompt --- evicted ---> free
 * </pre>
 *
 * <p>A sequence comes in with memory for what it has to read and a page for each that runs and may
 * need it, so that all of them move on by a page at least before one has to give way.
 */
public final class CacheSlots {

  private final KvPages pages;
  private final SlotPrefixes prefixes;
  private final BitSet occupied = new BitSet();
  private final int slots;
  private final int longest;

  /**
   * All free.
   *
   * @param slotLength tokens of the longest sequence
   * @param partLength where prompts are cut
   */
  public CacheSlots(int slots, int slotLength, int partLength, KvPages pages) {
    this.slots = slots;
    this.longest = pages.pages(slotLength);
    this.pages = pages;
    this.prefixes = new SlotPrefixes(slots, partLength);
  }

  public boolean full() {
    return occupied.cardinality() >= slots;
  }

  public boolean isEmpty() {
    return occupied.isEmpty();
  }

  /**
   * A slot for a prompt, until the sequence leaves; nothing where memory is short. What its source
   * holds of the prompt has to be copied before the next call. Some slot is free.
   *
   * @param tokens that the sequence is going to read
   */
  public Optional<Placement> take(TenantId tenant, int[] prompt, int tokens) {
    Placement place = prefixes.place(tenant, prompt, occupied);
    int slot = place.slot();
    if (pages.pages(tokens) + growing() > withoutRunning() && !isEmpty()) {
      return Optional.empty();
    }
    if (place.source() != slot || place.length() == 0) {
      prefixes.forget(slot);
    }
    occupied.set(slot);
    pages.shrink(slot, tokens);
    if (!grow(slot, tokens)) {
      throw new IllegalStateException("pages: %d free".formatted(pages.free()));
    }
    prefixes.begin(slot, tenant, prompt, place.length());
    return Optional.of(place);
  }

  /** Running sequences that may become longer than their memory. */
  private int growing() {
    return (int) occupied.stream().filter(slot -> pages.held(slot) < longest).count();
  }

  /** Pages that no sequence holds. */
  private int withoutRunning() {
    CacheUse use = use();
    return use.pages() - use.running();
  }

  /** Gives the slot memory for so many tokens; earlier prompts leave theirs to it. */
  public boolean grow(int slot, int tokens) {
    while (!pages.grow(slot, tokens)) {
      OptionalInt oldest = prefixes.oldest(occupied);
      if (oldest.isEmpty()) {
        return false;
      }
      forget(oldest.getAsInt());
    }
    return true;
  }

  /** Tokens, up to so many, for which the slot has memory without taking that of a prompt. */
  public int room(int slot, int tokens) {
    return pages.grow(slot, tokens) ? tokens : Math.min(tokens, pages.room(slot));
  }

  /** So many tokens of the slot's sequence are in the cache now. */
  public void written(int slot, int tokens) {
    prefixes.written(slot, tokens);
  }

  /** The sequence of the slot has ended; of its memory, that of its prompt is kept for now. */
  public void leave(int slot) {
    occupied.clear(slot);
    prefixes.free(slot);
    pages.shrink(slot, prefixes.length(slot));
  }

  /** What a slot without a sequence holds is not known or not needed. */
  public void forget(int slot) {
    prefixes.forget(slot);
    pages.shrink(slot, 0);
  }

  public CacheUse use() {
    return pages.use(occupied);
  }
}
