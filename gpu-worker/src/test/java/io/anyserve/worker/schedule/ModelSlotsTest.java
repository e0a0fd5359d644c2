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
  private final ModelSlots room = new ModelSlots(2, () -> nanos);

  private boolean enter(Capability capability) {
    return room.enter(capability, () -> woken++);
  }

  @Test
  void theIdleModelUsedLongestAgoMakesRoom() {
    assertTrue(enter(A));
    nanos += SECOND;
    assertTrue(enter(B));
    assertFalse(room.wanted(A, true));
    assertFalse(enter(C));
    assertEquals(2, woken);
    assertFalse(room.wanted(B, true));
    assertTrue(room.wanted(A, true));
    room.leave(A);
    assertTrue(enter(C));
    assertFalse(room.wanted(B, true));
  }

  @Test
  void aModelInUseKeepsItsPlaceForATurn() {
    assertTrue(enter(A));
    assertTrue(enter(B));
    assertFalse(enter(C));
    nanos += SECOND;
    assertFalse(room.wanted(A, false));
    assertTrue(room.wanted(B, true));
    nanos += 3 * SECOND;
    assertFalse(room.wanted(A, false), "the idle one goes first");
    room.leave(B);
    assertTrue(enter(C));
    assertFalse(room.wanted(A, false));
    assertFalse(enter(B));
    nanos += SECOND;
    assertFalse(room.wanted(C, false));
    assertTrue(room.wanted(A, false), "its turn is over");
  }

  @Test
  void theLineIsServedInOrder() {
    assertTrue(enter(A));
    assertTrue(enter(B));
    assertFalse(enter(C));
    room.leave(A);
    assertFalse(enter(A), "C waits longer");
    assertTrue(enter(C));
  }

  @Test
  void whoNoLongerWaitsDoesNotBlockTheLine() {
    assertTrue(enter(A));
    assertTrue(enter(B));
    assertFalse(enter(C));
    room.leave(C);
    assertFalse(room.wanted(A, true));
  }
}
