package io.anyserve.router.conversations;

import java.util.ArrayDeque;
import java.util.Collections;
import java.util.Deque;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.apache.kafka.common.utils.Bytes;
import org.jspecify.annotations.Nullable;

/**
 * A table with changes that are not written yet. The thread that writes them owns it.
 *
 * <p>A deletion is an empty value.
 */
final class PendingChanges implements RecordTable {

  private final RecordTable before;
  private final TreeMap<Bytes, Optional<byte[]>> changes = new TreeMap<>();

  PendingChanges(RecordTable before) {
    this.before = before;
  }

  void put(byte[] key, byte[] value) {
    changes.put(Bytes.wrap(key), Optional.of(value));
  }

  void delete(byte[] key) {
    changes.put(Bytes.wrap(key), Optional.empty());
  }

  /** The records to write, one for each key. */
  Map<Bytes, Optional<byte[]>> records() {
    return Collections.unmodifiableMap(changes);
  }

  @Override
  public byte @Nullable [] get(byte[] key) {
    Optional<byte[]> changed = changes.get(Bytes.wrap(key));
    return changed == null ? before.get(key) : changed.orElse(null);
  }

  @Override
  public void scan(byte[] from, byte[] to, Visitor visitor) {
    new Merge(
            new ArrayDeque<>(
                changes.subMap(Bytes.wrap(from), true, Bytes.wrap(to), true).entrySet()),
            visitor)
        .over(from, to);
  }

  /** Visits the changes between the records that they do not replace. */
  private final class Merge {

    private final Deque<Map.Entry<Bytes, Optional<byte[]>>> changed;
    private final Visitor visitor;
    private boolean goOn = true;

    Merge(Deque<Map.Entry<Bytes, Optional<byte[]>>> changed, Visitor visitor) {
      this.changed = changed;
      this.visitor = visitor;
    }

    void over(byte[] from, byte[] to) {
      before.scan(from, to, this::visit);
      while (goOn && !changed.isEmpty()) {
        visitChange();
      }
    }

    private boolean visit(byte[] key, byte[] value) {
      Bytes next = Bytes.wrap(key);
      while (goOn && !changed.isEmpty() && changed.element().getKey().compareTo(next) < 0) {
        visitChange();
      }
      if (goOn && !changes.containsKey(next)) {
        goOn = visitor.visit(key, value);
      }
      return goOn;
    }

    private void visitChange() {
      Map.Entry<Bytes, Optional<byte[]>> change = changed.remove();
      change.getValue().ifPresent(value -> goOn = visitor.visit(change.getKey().get(), value));
    }
  }
}
