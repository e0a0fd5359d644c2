package io.anyserve.objects;

import io.anyserve.contracts.ObjectRef;
import io.anyserve.contracts.TenantId;
import io.anyserve.objects.BlobStore.Blob;
import io.anyserve.objects.BlobStore.BlobInfo;
import io.anyserve.objects.BlobStore.NewBlob;
import io.anyserve.objects.ObjectStoreException.Kind;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.time.temporal.ChronoUnit;
import java.util.random.RandomGenerator;

/**
 * Each tenant's objects, none of which another tenant can reach or learn of. What is stored was
 * verified before its reference exists; what is read is verified against the reference.
 * Thread-safe; calls block, so use a virtual thread.
 *
 * <p>Every reference that is not the tenant's own, malformed ones included, fails like a missing
 * object.
 */
public final class ObjectStore {

  private static final Duration SHORTEST_URL = Duration.ofSeconds(1);
  private static final Duration LONGEST_URL = Duration.ofDays(7);

  private final BlobStore bucket;
  private final long maxObjectBytes;
  private final Duration retention;
  private final InstantSource clock;
  private final RandomGenerator random = new SecureRandom();

  /**
   * @param maxObjectBytes the most that one object may hold
   * @param retention after which an object may be gone
   */
  public ObjectStore(
      BlobStore bucket, long maxObjectBytes, Duration retention, InstantSource clock) {
    this.bucket = bucket;
    this.maxObjectBytes = maxObjectBytes;
    this.retention = retention;
    this.clock = clock;
  }

  /**
   * Stores what the stream holds, in bounded memory, and returns once the store confirms it.
   *
   * @throws ObjectStoreException TOO_LARGE, INVALID when the bytes are not those that {@code
   *     upload} promises, UNAVAILABLE
   * @throws IOException when the stream fails; nothing is stored then
   */
  public ObjectRef put(TenantId tenant, UploadMetadata upload, InputStream content)
      throws IOException {
    if (upload.size().orElse(0) > maxObjectBytes) {
      throw HashingInputStream.tooLarge(String.valueOf(upload.size().getAsLong()), maxObjectBytes);
    }
    Instant expires = expiry();
    var blob =
        new NewBlob(ObjectKeys.create(tenant, expires, random), upload.contentType(), expires);
    var measured = new HashingInputStream(content, maxObjectBytes);
    String version = write(blob, upload, measured);
    try {
      return confirm(blob, version, upload, measured);
    } catch (IOException e) {
      discard(blob.key(), e);
      throw e;
    }
  }

  /** As {@link #put(TenantId, UploadMetadata, InputStream)}, for bytes at hand. */
  public ObjectRef put(TenantId tenant, String contentType, byte[] content) throws IOException {
    return put(
        tenant, UploadMetadata.of(contentType, content.length), new ByteArrayInputStream(content));
  }

  /**
   * The object's bytes as they arrive. The read that would reach the end fails with CORRUPT when
   * they are not those of the reference, so act on nothing before the end. The caller closes it.
   */
  public InputStream open(TenantId tenant, ObjectRef ref) throws IOException {
    requireOwn(tenant, ref);
    Blob blob = bucket.read(ref.key());
    if (blob.size().isPresent() && blob.size().getAsLong() != ref.size()) {
      blob.content().close();
      throw VerifyingInputStream.corrupt(
          ref, blob.size().getAsLong() + " bytes", ref.size() + " bytes");
    }
    return new VerifyingInputStream(blob.content(), ref);
  }

  /**
   * The object's bytes, verified.
   *
   * @param most bytes; a larger object is TOO_LARGE and not fetched
   */
  public byte[] read(TenantId tenant, ObjectRef ref, long most) throws IOException {
    requireOwn(tenant, ref);
    if (ref.size() > Math.min(most, Integer.MAX_VALUE - 8)) {
      throw HashingInputStream.tooLarge(String.valueOf(ref.size()), most);
    }
    try (InputStream content = open(tenant, ref)) {
      return content.readAllBytes();
    }
  }

  /** Fails unless the object is there with the size that the reference names. */
  public void require(TenantId tenant, ObjectRef ref) throws ObjectStoreException {
    requireOwn(tenant, ref);
    BlobInfo found = bucket.stat(ref.key());
    if (found.size() != ref.size()) {
      throw VerifyingInputStream.corrupt(ref, found.size() + " bytes", ref.size() + " bytes");
    }
  }

  /** Harmless when the object is gone already. */
  public void remove(TenantId tenant, ObjectRef ref) throws ObjectStoreException {
    requireOwn(tenant, ref);
    bucket.remove(ref.key());
  }

  /**
   * A URL from which the object can be fetched without credentials.
   *
   * @param validity one second to seven days
   */
  public URI presignGet(TenantId tenant, ObjectRef ref, Duration validity)
      throws ObjectStoreException {
    requireValidity(validity);
    require(tenant, ref);
    return bucket.presignGet(ref.key(), validity);
  }

  /**
   * A URL to which one new object can be put without credentials.
   *
   * @param validity one second to seven days
   */
  public PresignedUpload presignPut(TenantId tenant, Duration validity)
      throws ObjectStoreException {
    requireValidity(validity);
    Instant expires = expiry();
    String key = ObjectKeys.create(tenant, expires, random);
    return new PresignedUpload(bucket.presignPut(key, validity), bucket.name(), key, expires);
  }

  private Instant expiry() {
    return clock.instant().plus(retention).truncatedTo(ChronoUnit.MILLIS);
  }

  private String write(NewBlob blob, UploadMetadata upload, HashingInputStream content)
      throws IOException {
    try {
      return bucket.write(blob, content, upload.size());
    } catch (ObjectStoreException e) {
      if (content.failure().isPresent()) {
        throw content.failure().get();
      }
      if (content.ended()) {
        requireSize(upload, String.valueOf(content.digest().size()));
      }
      throw e;
    }
  }

  private ObjectRef confirm(
      NewBlob blob, String version, UploadMetadata upload, HashingInputStream content)
      throws IOException {
    requireSize(upload, content.read() < 0 ? String.valueOf(content.digest().size()) : "more");
    String sha256 = content.digest().finish();
    requirePromise("sha256 of the upload", sha256, upload.sha256().orElse(""));
    long size = content.digest().size();
    var ref =
        new ObjectRef(
            bucket.name(), blob.key(), version, size, sha256, blob.contentType(), blob.expires());
    BlobInfo stored = bucket.stat(blob.key());
    if (stored.size() != size) {
      throw VerifyingInputStream.corrupt(ref, stored.size() + " bytes", size + " bytes");
    }
    return ref;
  }

  private static void requireSize(UploadMetadata upload, String found) throws ObjectStoreException {
    if (upload.size().isPresent()) {
      requirePromise("size of the upload", found, String.valueOf(upload.size().getAsLong()));
    }
  }

  private static void requirePromise(String what, String found, String promised)
      throws ObjectStoreException {
    if (!promised.isEmpty() && !promised.equals(found)) {
      throw new ObjectStoreException(
          Kind.INVALID, what + ": " + found + " (expected: " + promised + " as announced)");
    }
  }

  private void discard(String key, IOException cause) {
    try {
      bucket.remove(key);
    } catch (ObjectStoreException e) {
      cause.addSuppressed(e);
    }
  }

  private void requireOwn(TenantId tenant, ObjectRef ref) throws ObjectStoreException {
    if (!ref.bucket().equals(bucket.name()) || !ObjectKeys.owns(tenant, ref.key())) {
      throw notFound(ref.key());
    }
  }

  private static void requireValidity(Duration validity) throws ObjectStoreException {
    if (validity.compareTo(SHORTEST_URL) < 0 || validity.compareTo(LONGEST_URL) > 0) {
      throw new ObjectStoreException(
          Kind.INVALID, "validity: " + validity + " (expected: PT1S to P7D)");
    }
  }

  static ObjectStoreException notFound(String key) {
    return new ObjectStoreException(
        Kind.NOT_FOUND, "object " + ObjectKeys.printable(key) + " not found");
  }
}
