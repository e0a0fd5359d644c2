package io.anyserve.runtime.auth;

import io.anyserve.contracts.codec.KeyCodec;
import io.anyserve.contracts.codec.MalformedRecordException;
import io.anyserve.contracts.key.StoredKey;
import io.anyserve.runtime.kafka.TopicTailer;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import org.apache.kafka.clients.consumer.ConsumerRecord;

/**
 * The keys of the topic {@code keys}, by id. The thread of the tailer writes, any thread reads
 * without a lock.
 *
 * <p>A pass over the topic replaces what the pass before it showed when it is at its end, not
 * before: while old records are read again after a fault, a key that was disabled stays so. A key
 * whose record cannot be read opens nothing, and it still counts as a key.
 */
public final class StoredKeys implements TopicTailer.Reader {

  private volatile Map<String, Optional<StoredKey>> keys = Map.of();
  private volatile boolean complete;
  private Map<String, Optional<StoredKey>> pass = new ConcurrentHashMap<>();

  /** Of a process that reads no topic: complete, and without a key. */
  public static StoredKeys none() {
    StoredKeys none = new StoredKeys();
    none.caughtUp();
    return none;
  }

  @Override
  public void begin() {
    pass = new ConcurrentHashMap<>();
  }

  @Override
  public void read(ConsumerRecord<byte[], byte[]> record) {
    String id = KeyCodec.id(record.key());
    if (record.value() == null) {
      pass.remove(id);
      return;
    }
    try {
      pass.put(id, KeyCodec.decode(record.key(), record.value()));
    } catch (MalformedRecordException e) {
      pass.put(id, Optional.empty());
      throw e;
    }
  }

  @Override
  public void caughtUp() {
    keys = pass;
    complete = true;
  }

  /** The topic was read to its end at least once. */
  boolean isComplete() {
    return complete;
  }

  boolean isEmpty() {
    return keys.isEmpty();
  }

  /** Also a key that is disabled or expired. */
  public Optional<StoredKey> find(String id) {
    return keys.getOrDefault(id, Optional.empty());
  }
}
