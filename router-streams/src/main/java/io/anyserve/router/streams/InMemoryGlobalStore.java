package io.anyserve.router.streams;

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
public final class InMemoryGlobalStore<T> implements StateStore {

  private final String name;
  private final Map<String, T> rows = new ConcurrentHashMap<>();
  private volatile boolean open;

  InMemoryGlobalStore(String name) {
    this.name = name;
  }

  void put(String key, T row) {
    rows.put(key, row);
  }

  void remove(String key) {
    rows.remove(key);
  }

  public Optional<T> row(String key) {
    return Optional.ofNullable(rows.get(key));
  }

  public Collection<T> rows() {
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

  public static <T> StoreBuilder<InMemoryGlobalStore<T>> builder(String name) {
    return new Builder<>(name);
  }

  private record Builder<T>(String name) implements StoreBuilder<InMemoryGlobalStore<T>> {

    @Override
    public InMemoryGlobalStore<T> build() {
      return new InMemoryGlobalStore<>(name);
    }

    @Override
    public StoreBuilder<InMemoryGlobalStore<T>> withCachingEnabled() {
      return this;
    }

    @Override
    public StoreBuilder<InMemoryGlobalStore<T>> withCachingDisabled() {
      return this;
    }

    @Override
    public StoreBuilder<InMemoryGlobalStore<T>> withLoggingEnabled(Map<String, String> config) {
      return this;
    }

    @Override
    public StoreBuilder<InMemoryGlobalStore<T>> withLoggingDisabled() {
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
