package io.anyserve.router;

import io.anyserve.contracts.wire.MalformedRecordException;
import java.nio.charset.StandardCharsets;
import java.util.function.Function;
import org.apache.kafka.streams.processor.api.Processor;
import org.apache.kafka.streams.processor.api.ProcessorContext;
import org.apache.kafka.streams.processor.api.Record;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Keeps a table up to date. What it cannot read it counts and ignores: the row stays as it was. The
 * global thread's.
 */
final class TableReader<T> implements Processor<byte[], byte[], Void, Void> {

  private static final Logger log = LoggerFactory.getLogger(TableReader.class);

  private final String topic;
  private final String store;
  private final Function<byte[], T> decode;
  private final RouterMeters meters;
  private @Nullable TableStore<T> table;

  TableReader(String topic, String store, Function<byte[], T> decode, RouterMeters meters) {
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
    try {
      read(record.key(), record.value());
    } catch (MalformedRecordException e) {
      meters.ignored(topic);
      log.warn("ignored a record of {}: {}", topic, e.getMessage());
    }
  }

  private void read(byte @Nullable [] key, byte @Nullable [] value) {
    if (key == null || table == null) {
      throw new MalformedRecordException("key: none (expected: a name)");
    }
    String name = new String(key, StandardCharsets.UTF_8);
    if (value == null) {
      table.remove(name);
    } else {
      table.put(name, decode.apply(value));
    }
  }
}
