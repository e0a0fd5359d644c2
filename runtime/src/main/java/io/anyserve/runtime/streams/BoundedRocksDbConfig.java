package io.anyserve.runtime.streams;

import java.util.Map;
import org.apache.kafka.streams.state.RocksDBConfigSetter;
import org.rocksdb.Options;

/** Bounds the memory of each store on disk: their entries are small and seldom read. */
public final class BoundedRocksDbConfig implements RocksDBConfigSetter {

  /** Names the setting that says how many bytes a write buffer has. */
  static final String WRITE_BUFFER_BYTES = "anyserve.rocksdb.write.buffer.bytes";

  private static final int WRITE_BUFFERS = 2;
  private static final int OPEN_FILES = 64;

  /** Called by Kafka Streams. */
  public BoundedRocksDbConfig() {}

  @Override
  public void setConfig(String store, Options options, Map<String, Object> settings) {
    if (!(settings.get(WRITE_BUFFER_BYTES) instanceof Integer bytes)) {
      throw new IllegalArgumentException(
          WRITE_BUFFER_BYTES + ": " + settings.get(WRITE_BUFFER_BYTES) + " (expected: a number)");
    }
    options.setWriteBufferSize(bytes);
    options.setMaxWriteBufferNumber(WRITE_BUFFERS);
    options.setMaxOpenFiles(OPEN_FILES);
  }

  @Override
  public void close(String store, Options options) {}
}
