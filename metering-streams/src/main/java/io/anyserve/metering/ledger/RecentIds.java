package io.anyserve.metering.ledger;

import io.anyserve.contracts.RequestId;

/**
 * Remembers request ids, at least the latest {@code capacity} and at most twice as many, in 32 to
 * 64 bytes each. Two generations: when the younger one is full it becomes the older one. Owned by
 * one thread.
 */
final class RecentIds {

  private final int capacity;
  private Generation younger = new Generation();
  private Generation older = new Generation();

  RecentIds(int capacity) {
    if (capacity < 1) {
      throw new IllegalArgumentException("capacity: " + capacity + " (expected: >= 1)");
    }
    this.capacity = capacity;
  }

  void add(RequestId id) {
    if (younger.size == capacity) {
      older = younger;
      younger = new Generation();
    }
    younger.add(id);
  }

  boolean contains(RequestId id) {
    return younger.contains(id) || older.contains(id);
  }

  /** A set that only grows: open addressing, two longs a slot, the zero id stands for empty. */
  private static final class Generation {

    private static final int FIRST_SLOTS = 64;

    private long[] slots = new long[2 * FIRST_SLOTS];
    private boolean zero;
    private int size;

    boolean contains(RequestId id) {
      return isZero(id) ? zero : slots[slot(id)] != 0 || slots[slot(id) + 1] != 0;
    }

    void add(RequestId id) {
      if (contains(id)) {
        return;
      }
      size++;
      if (isZero(id)) {
        zero = true;
        return;
      }
      if (4 * size > slots.length) {
        grow();
      }
      put(id);
    }

    private void put(RequestId id) {
      int slot = slot(id);
      slots[slot] = id.high();
      slots[slot + 1] = id.low();
    }

    private void grow() {
      long[] old = slots;
      slots = new long[2 * old.length];
      for (int i = 0; i < old.length; i += 2) {
        if (old[i] != 0 || old[i + 1] != 0) {
          put(new RequestId(old[i], old[i + 1]));
        }
      }
    }

    /** Where the id is, or the free slot where it would be. */
    private int slot(RequestId id) {
      int mask = slots.length - 2;
      int slot = 2 * (int) (mixed(id) >>> 33) & mask;
      while (holdsAnother(slot, id)) {
        slot = (slot + 2) & mask;
      }
      return slot;
    }

    private boolean holdsAnother(int slot, RequestId id) {
      long high = slots[slot];
      long low = slots[slot + 1];
      return (high != 0 || low != 0) && (high != id.high() || low != id.low());
    }

    private static long mixed(RequestId id) {
      return (id.high() * 31 + id.low()) * 0x9E37_79B9_7F4A_7C15L;
    }

    private static boolean isZero(RequestId id) {
      return id.high() == 0 && id.low() == 0;
    }
  }
}
