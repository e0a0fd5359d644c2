package io.anyserve.metering;

import java.util.Map;
import org.apache.kafka.streams.state.RocksDBConfigSetter;
import org.rocksdb.Options;

/** Bounds the memory of each store: totals are small and few of them are in use. */
public final class BoundedRocksDbConfig implements RocksDBConfigSetter {

  private static final long WRITE_BUFFER = 2 << 20;
  private static final int WRITE_BUFFERS = 2;
  private static final int OPEN_FILES = 64;

  /** Called by Kafka Streams. */
  public BoundedRocksDbConfig() {}

  @Override
  public void setConfig(String store, Options options, Map<String, Object> settings) {
    options.setWriteBufferSize(WRITE_BUFFER);
    options.setMaxWriteBufferNumber(WRITE_BUFFERS);
    options.setMaxOpenFiles(OPEN_FILES);
  }

  @Override
  public void close(String store, Options options) {}
}
