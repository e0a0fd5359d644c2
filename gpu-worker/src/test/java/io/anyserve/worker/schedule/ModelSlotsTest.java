package io.anyserve.worker.schedule;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.anyserve.contracts.Capability;
import org.junit.jupiter.api.Test;

final class ModelSlotsTest {

  private static final Capability A = new Capability("a");
  private static final Capability B = new Capability("b");
  private static final Capability C = new Capability("c");
  private static final long SECOND = 1_000_000_000L;

  private long nanos;
  private int woken;
  private final ModelSlots slots = new ModelSlots(2, () -> nanos);

  private boolean enter(Capability capability) {
    return slots.enter(capability, () -> woken++);
  }

  @Test
  void theIdleModelUsedLongestAgoMakesRoom() {
    assertTrue(enter(A));
    nanos += SECOND;
    assertTrue(enter(B));
    assertFalse(slots.wanted(A, true));
    assertFalse(enter(C));
    assertEquals(2, woken);
    assertFalse(slots.wanted(B, true));
    assertTrue(slots.wanted(A, true));
    slots.leave(A);
    assertTrue(enter(C));
    assertFalse(slots.wanted(B, true));
  }

  @Test
  void aModelInUseKeepsItsPlaceForATurn() {
    assertTrue(enter(A));
    assertTrue(enter(B));
    assertFalse(enter(C));
    nanos += SECOND;
    assertFalse(slots.wanted(A, false));
    assertTrue(slots.wanted(B, true));
    nanos += 3 * SECOND;
    assertFalse(slots.wanted(A, false), "the idle one goes first");
    slots.leave(B);
    assertTrue(enter(C));
    assertFalse(slots.wanted(A, false));
    assertFalse(enter(B));
    nanos += SECOND;
    assertFalse(slots.wanted(C, false));
    assertTrue(slots.wanted(A, false), "its turn is over");
  }

  @Test
  void theLineIsServedInOrder() {
    assertTrue(enter(A));
    assertTrue(enter(B));
    assertFalse(enter(C));
    slots.leave(A);
    assertFalse(enter(A), "C waits longer");
    assertTrue(enter(C));
  }

  @Test
  void whoNoLongerWaitsDoesNotBlockTheLine() {
    assertTrue(enter(A));
    assertTrue(enter(B));
    assertFalse(enter(C));
    slots.leave(C);
    assertFalse(slots.wanted(A, true));
  }
}
