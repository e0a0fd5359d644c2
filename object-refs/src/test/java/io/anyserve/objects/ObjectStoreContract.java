package io.anyserve.objects;

import static io.anyserve.objects.Failing.failing;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.anyserve.contracts.ObjectRef;
import io.anyserve.contracts.TenantId;
import io.anyserve.objects.BlobStore.Listed;
import io.anyserve.objects.BlobStore.NewBlob;
import io.anyserve.objects.BlobStore.Page;
import io.anyserve.objects.ObjectStoreException.Kind;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.concurrent.Callable;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * What every bucket and the object store over it must do. The bucket exists and may hold others.
 */
interface ObjectStoreContract {

  TenantId ALICE = new TenantId("alice");
  TenantId BOB = new TenantId("bob");
  Instant NOW = Instant.parse("2026-11-20T10:00:00Z");
  Duration RETENTION = Duration.ofDays(7);
  long MOST = 32L << 20;
  long LARGE = 20L << 20;

  BlobStore bucket();

  default ObjectStore store() {
    return new ObjectStore(bucket(), MOST, RETENTION, InstantSource.fixed(NOW));
  }

  @Test
  default void whatWasPutIsReadBack() throws Exception {
    byte[] content = "hello".getBytes(UTF_8);
    ObjectRef ref = store().put(ALICE, "text/plain", content);
    assertEquals(5, ref.size());
    assertEquals("2cf24dba5fb0a30e26e83b2ac5b9e29e1b161e5c1fa7425e73043362938b9824", ref.sha256());
    assertEquals("text/plain", ref.contentType());
    assertEquals(NOW.plus(RETENTION), ref.expires());
    assertTrue(ref.key().startsWith("tenants/alice/2026-11-27/"), ref.key());
    assertArrayEquals(content, store().read(ALICE, ref, MOST));
  }

  @Test
  default void anEmptyObjectIsAnObject() throws Exception {
    for (UploadMetadata upload :
        List.of(UploadMetadata.of("text/plain"), UploadMetadata.of("text/plain", 0))) {
      ObjectRef ref = store().put(ALICE, upload, InputStream.nullInputStream());
      assertEquals(0, ref.size());
      assertArrayEquals(new byte[0], store().read(ALICE, ref, 0));
    }
  }

  @Test
  default void twentyMegabytesStreamThroughWithTheirSizeUnknownOrKnown() throws Exception {
    for (UploadMetadata upload :
        List.of(UploadMetadata.of("a/b"), UploadMetadata.of("a/b", LARGE))) {
      ObjectRef ref = store().put(ALICE, upload, new PatternStream(LARGE));
      assertEquals(LARGE, ref.size());
      try (InputStream read = store().open(ALICE, ref)) {
        assertEquals(-1, mismatch(new PatternStream(LARGE), read));
      }
      store().remove(ALICE, ref);
    }
  }

  @Test
  default void theBucketKeepsContentTypeAndExpiry() throws Exception {
    ObjectRef ref = store().put(ALICE, "image/png", new byte[3]);
    var info = bucket().stat(ref.key());
    assertEquals(3, info.size());
    assertEquals("image/png", info.contentType());
    assertEquals(Optional.of(ref.expires()), info.expires());
  }

  @Test
  default void aRemovedObjectIsNotFoundAndCanBeRemovedAgain() throws Exception {
    ObjectRef ref = store().put(ALICE, "a/b", new byte[10]);
    store().remove(ALICE, ref);
    store().remove(ALICE, ref);
    assertEquals(Kind.NOT_FOUND, failing(() -> store().read(ALICE, ref, MOST)).kind());
    assertEquals(Kind.NOT_FOUND, failing(() -> store().open(ALICE, ref)).kind());
    assertEquals(Kind.NOT_FOUND, failing(() -> store().require(ALICE, ref)).kind());
    assertEquals(
        Kind.NOT_FOUND,
        failing(() -> store().presignGet(ALICE, ref, Duration.ofMinutes(1))).kind());
  }

  @Test
  default void aChangedObjectIsCorrupt() throws Exception {
    ObjectRef ref = store().put(ALICE, "a/b", "right".getBytes(UTF_8));
    overwrite(ref, "wrong");
    var failure = failing(() -> store().read(ALICE, ref, MOST));
    assertEquals(Kind.CORRUPT, failure.kind());
    assertTrue(failure.toString().contains("expected: " + ref.sha256()), failure.toString());
  }

  @Test
  default void aChangedObjectFailsAtItsEndAndNotBefore() throws Exception {
    ObjectRef ref = store().put(ALICE, "a/b", "right".getBytes(UTF_8));
    overwrite(ref, "wrong");
    try (InputStream content = store().open(ALICE, ref)) {
      assertEquals("wrong", new String(content.readNBytes(5), UTF_8));
      assertEquals(Kind.CORRUPT, failing(content::read).kind());
    }
  }

  @Test
  default void aTruncatedOrGrownObjectIsCorruptBeforeItsFirstByte() throws Exception {
    ObjectRef ref = store().put(ALICE, "a/b", "right".getBytes(UTF_8));
    for (String other : List.of("rig", "righter", "")) {
      overwrite(ref, other);
      assertEquals(Kind.CORRUPT, failing(() -> store().open(ALICE, ref)).kind());
      assertEquals(Kind.CORRUPT, failing(() -> store().require(ALICE, ref)).kind());
    }
  }

  @Test
  default void anotherTenantsObjectLooksLikeAMissingOne() throws Exception {
    ObjectRef ref = store().put(ALICE, "a/b", new byte[10]);
    ObjectRef missing = withKey(ref, ref.key().substring(0, ref.key().length() - 4) + "0000");
    String absent = failing(() -> store().open(ALICE, missing)).toString();
    for (var attempt : attempts(BOB, ref)) {
      var failure = failing(attempt);
      assertEquals(Kind.NOT_FOUND, failure.kind());
      assertEquals(absent.replace(missing.key(), ref.key()), failure.toString());
    }
    store().require(ALICE, ref);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "tenants/alice/../bob/2026-11-27/00000000000000000000000000000000",
        "tenants/alice//2026-11-27/00000000000000000000000000000000",
        "tenants/alice/2026-11-27/0000000000000000000000000000000\0",
        "tenants/alice/2026-11-27/00000000000000000000000000000000/x",
        "tenants/alice/2026-11-27/",
        "tenants/alice",
        "/tenants/alice/2026-11-27/00000000000000000000000000000000",
        "other",
      })
  default void anOddKeyIsNotFound(String key) throws Exception {
    ObjectRef ref = withKey(store().put(ALICE, "a/b", new byte[1]), key);
    for (var attempt : attempts(ALICE, ref)) {
      assertEquals(Kind.NOT_FOUND, failing(attempt).kind());
    }
  }

  @Test
  default void anotherBucketIsNotFound() throws Exception {
    ObjectRef ref = store().put(ALICE, "a/b", new byte[1]);
    ObjectRef elsewhere =
        new ObjectRef(
            "elsewhere", ref.key(), "", 1, ref.sha256(), ref.contentType(), ref.expires());
    for (var attempt : attempts(ALICE, elsewhere)) {
      assertEquals(Kind.NOT_FOUND, failing(attempt).kind());
    }
  }

  @Test
  default void anObjectLargerThanAllowedIsRefusedOnBothWays() throws Exception {
    byte[] content = new byte[2000];
    ObjectRef ref = store().put(ALICE, "a/b", content);
    assertEquals(Kind.TOO_LARGE, failing(() -> store().read(ALICE, ref, 1999)).kind());
    var small = new ObjectStore(bucket(), 1999, RETENTION, InstantSource.fixed(NOW));
    assertEquals(Kind.TOO_LARGE, failing(() -> small.put(ALICE, "a/b", content)).kind());
    assertNothingIsLeft(
        Kind.TOO_LARGE,
        () -> small.put(ALICE, UploadMetadata.of("a/b"), new ByteArrayInputStream(content)));
  }

  @Test
  default void anUploadMustKeepItsPromises() throws Exception {
    byte[] content = new byte[1000];
    var hash = new UploadMetadata("a/b", OptionalLong.empty(), Optional.of("0".repeat(64)));
    for (UploadMetadata upload :
        List.of(hash, UploadMetadata.of("a/b", 999), UploadMetadata.of("a/b", 1001))) {
      assertNothingIsLeft(
          Kind.INVALID, () -> store().put(ALICE, upload, new ByteArrayInputStream(content)));
    }
  }

  @Test
  default void aSourceThatBreaksOffLeavesNothing() throws Exception {
    var broken = new IOException("caller went away");
    for (long size : List.of(100L, LARGE)) {
      int before = keys("tenants/alice/").size();
      var failure =
          assertThrows(
              IOException.class,
              () -> store().put(ALICE, UploadMetadata.of("a/b"), new BrokenStream(size, broken)));
      assertSame(broken, failure);
      assertEquals(before, keys("tenants/alice/").size());
    }
  }

  @Test
  default void manyCanStoreAndRemoveAtOnce() throws Exception {
    Callable<Void> rounds =
        () -> {
          for (int i = 0; i < 25; i++) {
            ObjectRef ref = store().put(BOB, "a/b", new byte[100]);
            assertEquals(100, store().read(BOB, ref, 100).length);
            store().remove(BOB, ref);
          }
          return null;
        };
    try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
      for (Future<Void> done : threads.invokeAll(Collections.nCopies(8, rounds))) {
        done.get();
      }
    }
  }

  @Test
  default void listingsArePagedInTheOrderOfTheKeys() throws Exception {
    List<String> expected = new ArrayList<>();
    for (String name : List.of("a/1", "a-b/1", "a/2", "a.b/1", "ab/1", "b/1", "b/2")) {
      String key = "listed/" + name;
      overwrite(key, "x");
      expected.add(key);
    }
    overwrite("listed-not", "x");
    expected.sort(null);
    assertEquals(expected, keys("listed/"));
    for (Listed blob : bucket().list("listed/", "", 10).blobs()) {
      assertEquals(1, blob.size());
    }
    for (String key : expected) {
      bucket().remove(key);
    }
    bucket().remove("listed-not");
    assertEquals(List.of(), keys("listed/"));
  }

  @Test
  default void creatingTheBucketAgainIsHarmless() throws Exception {
    ObjectRef ref = store().put(ALICE, "a/b", new byte[1]);
    bucket().create();
    store().require(ALICE, ref);
  }

  @Test
  default void onlySensibleValiditiesAreSigned() throws Exception {
    ObjectRef ref = store().put(ALICE, "a/b", new byte[1]);
    for (Duration validity :
        List.of(Duration.ZERO, Duration.ofSeconds(-1), Duration.ofDays(7).plusSeconds(1))) {
      assertEquals(Kind.INVALID, failing(() -> store().presignGet(ALICE, ref, validity)).kind());
      assertEquals(Kind.INVALID, failing(() -> store().presignPut(ALICE, validity)).kind());
    }
  }

  private void assertNothingIsLeft(Kind kind, Failing.Attempt attempt) throws Exception {
    List<String> before = keys("tenants/alice/");
    assertEquals(kind, failing(attempt).kind());
    assertEquals(before, keys("tenants/alice/"));
  }

  private List<Failing.Attempt> attempts(TenantId tenant, ObjectRef ref) {
    return List.of(
        () -> store().open(tenant, ref),
        () -> store().read(tenant, ref, MOST),
        () -> store().read(tenant, ref, 0),
        () -> store().require(tenant, ref),
        () -> store().remove(tenant, ref),
        () -> store().presignGet(tenant, ref, Duration.ofMinutes(1)));
  }

  /** All keys, through pages of two. */
  private List<String> keys(String prefix) throws Exception {
    List<String> keys = new ArrayList<>();
    while (true) {
      Page page = bucket().list(prefix, keys.isEmpty() ? "" : keys.getLast(), 2);
      assertFalse(page.blobs().isEmpty() && !page.last());
      page.blobs().stream().map(Listed::key).forEach(keys::add);
      if (page.last()) {
        return keys;
      }
    }
  }

  private void overwrite(ObjectRef ref, String content) throws Exception {
    overwrite(ref.key(), content);
  }

  private void overwrite(String key, String content) throws Exception {
    byte[] bytes = content.getBytes(UTF_8);
    bucket()
        .write(
            new NewBlob(key, "a/b", NOW),
            new ByteArrayInputStream(bytes),
            OptionalLong.of(bytes.length));
  }

  private static ObjectRef withKey(ObjectRef ref, String key) {
    return new ObjectRef(
        ref.bucket(), key, "", ref.size(), ref.sha256(), ref.contentType(), ref.expires());
  }

  /** Position of the first difference, -1 when there is none. */
  private static long mismatch(InputStream expected, InputStream actual) throws IOException {
    byte[] left = new byte[1 << 16];
    byte[] right = new byte[1 << 16];
    for (long position = 0; ; position += left.length) {
      int count = expected.readNBytes(left, 0, left.length);
      int other = actual.readNBytes(right, 0, right.length);
      int difference = Arrays.mismatch(left, 0, count, right, 0, other);
      if (difference >= 0) {
        return position + difference;
      }
      if (count < left.length) {
        return -1;
      }
    }
  }
}
