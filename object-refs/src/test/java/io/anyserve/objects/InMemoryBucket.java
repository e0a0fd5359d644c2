package io.anyserve.objects;

import io.anyserve.objects.ObjectStoreException.Kind;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.concurrent.ConcurrentSkipListMap;

/**
 * A bucket that passes the same contract test as the real one, except that its URLs lead nowhere.
 */
public final class InMemoryBucket implements BlobStore {

  private final String name;
  private final InstantSource clock;
  private final ConcurrentSkipListMap<String, Entry> entries = new ConcurrentSkipListMap<>();

  public InMemoryBucket(String name, InstantSource clock) {
    this.name = name;
    this.clock = clock;
  }

  @Override
  public String name() {
    return name;
  }

  @Override
  public void create() {}

  @Override
  public String write(NewBlob blob, InputStream content, OptionalLong size)
      throws ObjectStoreException {
    byte[] bytes = bytes(content, size);
    if (size.isPresent() && bytes.length < size.getAsLong()) {
      throw new ObjectStoreException(
          Kind.INVALID, "size: " + bytes.length + " (expected: " + size.getAsLong() + ")");
    }
    entries.put(blob.key(), new Entry(bytes, blob, clock.instant()));
    return "";
  }

  @Override
  public Blob read(String key) throws ObjectStoreException {
    byte[] bytes = entry(key).bytes();
    return new Blob(OptionalLong.of(bytes.length), new ByteArrayInputStream(bytes));
  }

  @Override
  public BlobInfo stat(String key) throws ObjectStoreException {
    Entry entry = entry(key);
    return new BlobInfo(
        entry.bytes().length, entry.blob().contentType(), Optional.of(entry.blob().expires()));
  }

  @Override
  public void remove(String key) {
    entries.remove(key);
  }

  @Override
  public URI presignGet(String key, Duration validity) {
    return URI.create("memory://" + name + "/" + key + "?seconds=" + validity.toSeconds());
  }

  @Override
  public URI presignPut(String key, Duration validity) {
    return presignGet(key, validity);
  }

  @Override
  public Page list(String prefix, String after, int limit) {
    List<Listed> blobs = new ArrayList<>();
    for (Map.Entry<String, Entry> found : entries.tailMap(after, false).entrySet()) {
      if (found.getKey().startsWith(prefix)) {
        if (blobs.size() == limit) {
          return new Page(blobs, false);
        }
        Entry entry = found.getValue();
        blobs.add(new Listed(found.getKey(), entry.bytes().length, entry.modified()));
      }
    }
    return new Page(blobs, true);
  }

  @Override
  public void close() {}

  private Entry entry(String key) throws ObjectStoreException {
    Entry entry = entries.get(key);
    if (entry == null) {
      throw ObjectStore.notFound(key);
    }
    return entry;
  }

  private static byte[] bytes(InputStream content, OptionalLong size) throws ObjectStoreException {
    try {
      return size.isPresent()
          ? content.readNBytes(Math.toIntExact(size.getAsLong()))
          : content.readAllBytes();
    } catch (IOException e) {
      throw new ObjectStoreException(Kind.UNAVAILABLE, "source failed", e);
    }
  }

  @SuppressWarnings("ArrayRecordComponent") // Never compared.
  private record Entry(byte[] bytes, NewBlob blob, Instant modified) {}
}
