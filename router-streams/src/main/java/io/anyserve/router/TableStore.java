package io.anyserve.router;

import java.util.Collection;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import org.apache.kafka.streams.processor.StateStore;
import org.apache.kafka.streams.processor.StateStoreContext;
import org.apache.kafka.streams.state.StoreBuilder;

/**
 * A compacted topic as a table of decoded rows, in memory: its topic is its change log. The global
 * thread writes, stream threads read.
 */
final class TableStore<T> implements StateStore {

  private final String name;
  private final Map<String, T> rows = new ConcurrentHashMap<>();
  private volatile boolean open;

  TableStore(String name) {
    this.name = name;
  }

  void put(String key, T row) {
    rows.put(key, row);
  }

  void remove(String key) {
    rows.remove(key);
  }

  Optional<T> row(String key) {
    return Optional.ofNullable(rows.get(key));
  }

  Collection<T> rows() {
    return rows.values();
  }

  @Override
  public String name() {
    return name;
  }

  @Override
  public void init(StateStoreContext context, StateStore root) {
    context.register(
        root,
        (key, value) -> {
          throw new IllegalStateException(name + ": restored past its processor");
        });
    open = true;
  }

  @Override
  public void close() {
    open = false;
    rows.clear();
  }

  @Override
  public boolean persistent() {
    return false;
  }

  @Override
  public boolean isOpen() {
    return open;
  }

  static <T> StoreBuilder<TableStore<T>> builder(String name) {
    return new Builder<>(name);
  }

  private record Builder<T>(String name) implements StoreBuilder<TableStore<T>> {

    @Override
    public TableStore<T> build() {
      return new TableStore<>(name);
    }

    @Override
    public StoreBuilder<TableStore<T>> withCachingEnabled() {
      return this;
    }

    @Override
    public StoreBuilder<TableStore<T>> withCachingDisabled() {
      return this;
    }

    @Override
    public StoreBuilder<TableStore<T>> withLoggingEnabled(Map<String, String> config) {
      return this;
    }

    @Override
    public StoreBuilder<TableStore<T>> withLoggingDisabled() {
      return this;
    }

    @Override
    public Map<String, String> logConfig() {
      return Map.of();
    }

    @Override
    public boolean loggingEnabled() {
      return false;
    }
  }
}
