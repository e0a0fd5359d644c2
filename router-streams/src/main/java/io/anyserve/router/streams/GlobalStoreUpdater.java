package io.anyserve.router.streams;

import io.anyserve.contracts.codec.MalformedRecordException;
import io.anyserve.runtime.kafka.PoisonRecords;
import java.nio.charset.StandardCharsets;
import org.apache.kafka.streams.processor.api.Processor;
import org.apache.kafka.streams.processor.api.ProcessorContext;
import org.apache.kafka.streams.processor.api.Record;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Keeps a global store up to date. A record that it cannot read is counted and ignored: the row
 * stays as it was. The global thread's.
 */
public final class GlobalStoreUpdater<T> implements Processor<byte[], byte[], Void, Void> {

  private static final Logger log = LoggerFactory.getLogger(GlobalStoreUpdater.class);

  private final String topic;
  private final String store;
  private final Row<T> decode;
  private final RouterMetrics meters;
  private @Nullable InMemoryGlobalStore<T> table;

  /** Makes a row. */
  @FunctionalInterface
  public interface Row<T> {

    /**
     * Throws a MalformedRecordException.
     *
     * @param before the row as it was
     * @param at the record's time, milliseconds since the epoch
     */
    T of(@Nullable T before, byte[] value, long at);
  }

  public GlobalStoreUpdater(String topic, String store, Row<T> decode, RouterMetrics meters) {
    this.topic = topic;
    this.store = store;
    this.decode = decode;
    this.meters = meters;
  }

  @Override
  public void init(ProcessorContext<Void, Void> context) {
    table = context.getStateStore(store);
  }

  @Override
  public void process(Record<byte[], byte[]> record) {
    PoisonRecords.passOver(
        () -> read(record.key(), record.value(), record.timestamp()),
        failure -> {
          meters.ignored(topic);
          log.warn("Ignored an unreadable record of {}: {}", topic, failure.toString());
        });
  }

  private void read(byte @Nullable [] key, byte @Nullable [] value, long at) {
    if (key == null || table == null) {
      throw new MalformedRecordException("key: none (expected: a name)");
    }
    String name = new String(key, StandardCharsets.UTF_8);
    if (value == null) {
      table.remove(name);
    } else {
      table.put(name, decode.of(table.row(name).orElse(null), value, at));
    }
  }
}
