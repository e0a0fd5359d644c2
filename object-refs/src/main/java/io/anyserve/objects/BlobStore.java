package io.anyserve.objects;

import java.io.InputStream;
import java.net.URI;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;

/**
 * Plain blobs under keys, as S3 keeps them: no tenants, no verification. Thread-safe; calls block,
 * but never longer than their timeouts.
 */
public interface BlobStore extends AutoCloseable {

  String name();

  /** Creates the bucket where it does not exist yet. */
  void create() throws ObjectStoreException;

  /**
   * Stores a blob, replacing one of the same key.
   *
   * @param size bytes that {@code content} holds, when known
   * @return the store's version of the blob, empty where it keeps none
   */
  String write(NewBlob blob, InputStream content, OptionalLong size) throws ObjectStoreException;

  /** The caller closes it. */
  Blob read(String key) throws ObjectStoreException;

  BlobInfo stat(String key) throws ObjectStoreException;

  /** Harmless when there is no such blob. */
  void remove(String key) throws ObjectStoreException;

  /** A URL that anybody may fetch the blob from. */
  URI presignGet(String key, Duration validity) throws ObjectStoreException;

  /** A URL that anybody may put the blob to. */
  URI presignPut(String key, Duration validity) throws ObjectStoreException;

  /**
   * Blobs in the order of their keys.
   *
   * @param after the last key of the page before; empty for the first page
   */
  Page list(String prefix, String after, int limit) throws ObjectStoreException;

  /** Releases connections. */
  @Override
  void close();

  /**
   * What to store.
   *
   * @param expires kept with the blob for whoever sweeps
   */
  record NewBlob(String key, String contentType, Instant expires) {}

  /**
   * What is stored.
   *
   * @param size of the content, where the store says it beforehand
   */
  record Blob(OptionalLong size, InputStream content) {}

  /**
   * What the store says of a blob.
   *
   * @param expires as given when it was written; empty for a blob that came through a URL
   */
  record BlobInfo(long size, String contentType, Optional<Instant> expires) {}

  record Listed(String key, long size, Instant modified) {}

  /**
   * A part of a listing.
   *
   * @param last whether nothing comes after it
   */
  record Page(List<Listed> blobs, boolean last) {
    public Page {
      blobs = List.copyOf(blobs);
    }
  }
}
