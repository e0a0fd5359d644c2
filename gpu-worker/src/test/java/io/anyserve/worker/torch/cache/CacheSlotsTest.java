package io.anyserve.worker.torch.cache;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.anyserve.contracts.TenantId;
import io.anyserve.worker.torch.cache.SlotPrefixes.Placement;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

final class CacheSlotsTest {

  private static final TenantId ACME = new TenantId("acme");
  private static final TenantId UMBRELLA = new TenantId("umbrella");
  private static final int PAGE = 4;
  private static final int SLOTS = 5;
  private static final int LONGEST = 40;

  /** What the memory of each slot holds: which token of whose prompt, or nothing. */
  private final String[][] memory = new String[SLOTS][LONGEST];

  private void release(int slot, int from, int to) {
    Arrays.fill(memory[slot], from, Math.min(to, LONGEST), null);
  }

  private CacheSlots slots(int pages) {
    return new CacheSlots(SLOTS, LONGEST, PAGE, new KvPages(SLOTS, PAGE, pages, this::release));
  }

  private static int[] tokens(int number, int length) {
    int[] tokens = new int[length];
    Arrays.fill(tokens, number);
    return tokens;
  }

  @Test
  void aPromptThatDoesNotFitWaitsUntilAnotherLeaves() {
    CacheSlots slots = slots(10);
    Placement first = slots.take(ACME, tokens(1, 20), 20).orElseThrow();
    assertEquals(Optional.empty(), slots.take(ACME, tokens(2, 20), 20));
    slots.leave(first.slot());
    assertTrue(slots.take(ACME, tokens(2, 20), 20).isPresent());
    assertEquals(5, slots.use().running());
  }

  @Test
  void withMemoryForAllSlotsNobodyWaits() {
    CacheSlots slots = slots(SLOTS * LONGEST / PAGE);
    for (int i = 0; i < SLOTS; i++) {
      assertTrue(slots.take(ACME, tokens(i, LONGEST), LONGEST).isPresent());
    }
  }

  @Test
  void theMemoryOfAnEarlierPromptIsKeptUntilSomebodyNeedsIt() {
    CacheSlots slots = slots(10);
    int slot = slots.take(ACME, tokens(1, 18), 18).orElseThrow().slot();
    slots.written(slot, 18);
    assertTrue(slots.grow(slot, 30));
    slots.leave(slot);
    assertEquals(4, slots.use().kept(), "the pages of whole parts of its prompt");
    int other = slots.take(UMBRELLA, tokens(2, 20), 20).orElseThrow().slot();
    assertEquals(4, slots.use().kept());
    assertTrue(slots.grow(other, 40));
    assertEquals(0, slots.use().kept());
    assertFalse(slots.grow(other, 41));
  }

  @Test
  void aGuessTakesNoMemoryOfAPrompt() {
    CacheSlots slots = slots(6);
    int slot = slots.take(ACME, tokens(1, 8), 8).orElseThrow().slot();
    slots.written(slot, 8);
    slots.leave(slot);
    int other = slots.take(UMBRELLA, tokens(2, 14), 14).orElseThrow().slot();
    assertEquals(2, slots.use().kept());
    assertEquals(15, slots.room(other, 15));
    assertEquals(16, slots.room(other, 20));
  }

  /**
   * Random sequences of two tenants come, grow and leave: no page is leaked, none beyond the limit
   * is held, and whatever is shared is there and its tenant's.
   */
  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3, 4, 5, 6, 7, 8})
  void everyPageHasOneOwner(long seed) {
    var random = new Random(seed);
    int limit = 10 + random.nextInt(30);
    CacheSlots slots = slots(limit);
    List<Sequence> running = new ArrayList<>();
    int shared = 0;
    int refused = 0;
    for (int i = 0; i < 3_000; i++) {
      if (!slots.full() && random.nextInt(3) == 0) {
        Sequence next = Sequence.random(random);
        Optional<Placement> place = slots.take(next.tenant, next.prompt, next.prompt.length);
        assertTrue(place.isPresent() || !running.isEmpty(), "alone it always fits");
        if (place.isPresent()) {
          begin(next, place.get());
          slots.written(next.slot, next.length);
          running.add(next);
          shared += place.get().length();
        } else {
          refused++;
        }
      } else if (!running.isEmpty()) {
        Sequence one = running.get(random.nextInt(running.size()));
        boolean ends = one.length == LONGEST || random.nextInt(9) == 0;
        if (ends || (!slots.grow(one.slot, one.length + 1) && running.size() > 1)) {
          running.remove(one);
          slots.leave(one.slot);
        } else {
          one.write(memory);
        }
      }
      assertEquals(
          running.stream().mapToInt(Sequence::pages).sum(),
          slots.use().running(),
          "pages of those that run");
      running.forEach(one -> one.check(memory));
    }
    assertTrue(shared > 0 && refused > 0, shared + " shared, " + refused + " refused");
    running.forEach(one -> slots.leave(one.slot));
    for (int slot = 0; slot < SLOTS; slot++) {
      slots.forget(slot);
    }
    assertEquals(0, slots.use().kept() + slots.use().running());
    assertTrue(Arrays.stream(memory).flatMap(Arrays::stream).allMatch(token -> token == null));
  }

  /** What is shared is copied, the rest of the prompt is written. */
  private void begin(Sequence next, Placement place) {
    next.slot = place.slot();
    String[] source = memory[place.source()].clone();
    for (int i = 0; i < next.prompt.length; i++) {
      String written = next.name(i);
      if (i < place.length()) {
        assertEquals(written, source[i], "shared");
      }
      memory[next.slot][i] = written;
    }
    next.length = next.prompt.length;
  }

  /**
   * A sequence whose tokens have the names of all tokens before them, as a cache depends on them.
   */
  private static final class Sequence {

    private static long sequences;

    private final TenantId tenant;
    private final int[] prompt;
    private final long number = ++sequences;
    private int slot;
    private int length;

    Sequence(TenantId tenant, int[] prompt) {
      this.tenant = tenant;
      this.prompt = prompt;
    }

    static Sequence random(Random random) {
      int[] prompt = tokens(7, 1 + random.nextInt(LONGEST - 10));
      int own = random.nextInt(prompt.length + 1);
      Arrays.fill(prompt, own, prompt.length, random.nextInt(3));
      return new Sequence(random.nextBoolean() ? ACME : UMBRELLA, prompt);
    }

    String name(int position) {
      return position < prompt.length
          ? tenant.value() + Arrays.toString(Arrays.copyOf(prompt, position + 1))
          : "answer " + number;
    }

    void write(String[][] memory) {
      memory[slot][length] = name(length);
      length++;
    }

    int pages() {
      return (length + PAGE - 1) / PAGE;
    }

    void check(String[][] memory) {
      for (int i = 0; i < length; i++) {
        assertEquals(name(i), memory[slot][i]);
      }
    }
  }
}
