package io.anyserve.router.conversations;

import org.apache.kafka.common.utils.Bytes;
import org.apache.kafka.streams.KeyValue;
import org.apache.kafka.streams.state.KeyValueIterator;
import org.apache.kafka.streams.state.ReadOnlyKeyValueStore;
import org.jspecify.annotations.Nullable;

/** The store of a partition. Throws an InvalidStateStoreException once it has moved elsewhere. */
record StoreTable(ReadOnlyKeyValueStore<Bytes, byte[]> store) implements RecordTable {

  @Override
  public byte @Nullable [] get(byte[] key) {
    return store.get(Bytes.wrap(key));
  }

  @Override
  public void scan(byte[] from, byte[] to, Visitor visitor) {
    try (KeyValueIterator<Bytes, byte[]> found = store.range(Bytes.wrap(from), Bytes.wrap(to))) {
      boolean goOn = true;
      while (goOn && found.hasNext()) {
        KeyValue<Bytes, byte[]> entry = found.next();
        goOn = visitor.visit(entry.key.get(), entry.value);
      }
    }
  }
}
