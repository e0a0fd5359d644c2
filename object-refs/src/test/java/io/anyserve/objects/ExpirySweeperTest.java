package io.anyserve.objects;

import static io.anyserve.objects.Failing.failing;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.anyserve.contracts.ObjectRef;
import io.anyserve.contracts.TenantId;
import io.anyserve.objects.BlobStore.NewBlob;
import io.anyserve.objects.ExpirySweeper.Sweep;
import io.anyserve.objects.ObjectStoreException.Kind;
import java.io.InputStream;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.OptionalLong;
import org.junit.jupiter.api.Test;

final class ExpirySweeperTest {

  private static final TenantId TENANT = new TenantId("alice");
  private static final Instant NOW = Instant.parse("2026-11-20T10:00:00Z");
  private static final Duration RETENTION = Duration.ofDays(2);
  private static final Instant EXPIRES = NOW.plus(RETENTION);

  private final BlobStore bucket = new InMemoryBucket("memory", InstantSource.fixed(NOW));
  private final ObjectStore store =
      new ObjectStore(bucket, 1000, RETENTION, InstantSource.fixed(NOW));
  private final ExpirySweeper sweeper = new ExpirySweeper(bucket, RETENTION, 2);

  @Test
  void anObjectGoesAtTheMomentItExpiresAndNotBefore() throws Exception {
    ObjectRef ref = store.put(TENANT, "a/b", new byte[10]);
    assertEquals(new Sweep(1, 0, 0, 0, true), sweeper.step(NOW));
    assertEquals(new Sweep(1, 0, 0, 0, true), sweeper.step(EXPIRES.minusMillis(1)));
    store.require(TENANT, ref);
    assertEquals(new Sweep(0, 1, 10, 0, true), sweeper.step(EXPIRES));
    assertEquals(Kind.NOT_FOUND, failing(() -> store.require(TENANT, ref)).kind());
    assertEquals(new Sweep(0, 0, 0, 0, true), sweeper.step(EXPIRES));
  }

  @Test
  void stepsGoThroughAllPagesAndBeginAgain() throws Exception {
    for (int i = 0; i < 5; i++) {
      store.put(TENANT, "a/b", new byte[1]);
    }
    assertEquals(new Sweep(2, 0, 0, 0, false), sweeper.step(NOW));
    assertEquals(new Sweep(2, 0, 0, 0, false), sweeper.step(NOW));
    assertEquals(new Sweep(1, 0, 0, 0, true), sweeper.step(NOW));
    assertEquals(new Sweep(0, 2, 2, 0, false), sweeper.step(EXPIRES));
    assertEquals(new Sweep(0, 2, 2, 0, false), sweeper.step(EXPIRES));
    assertEquals(new Sweep(0, 1, 1, 0, true), sweeper.step(EXPIRES));
    assertTrue(bucket.list("", "", 10).blobs().isEmpty());
  }

  @Test
  void aBlobUnderAnotherKindOfKeyGoesByItsAge() throws Exception {
    for (String key : new String[] {"tenants/odd", "tenants/a/no-day/x"}) {
      bucket.write(
          new NewBlob(key, "a/b", NOW), InputStream.nullInputStream(), OptionalLong.empty());
    }
    assertEquals(
        2, sweeper.step(NOW.plus(RETENTION).minus(Duration.ofDays(1)).minusMillis(1)).kept());
    assertEquals(2, sweeper.step(NOW.plus(RETENTION)).removed());
  }

  @Test
  void blobsOutsideTheTenantsFolderStay() throws Exception {
    bucket.write(
        new NewBlob("models/x", "a/b", NOW), InputStream.nullInputStream(), OptionalLong.empty());
    assertEquals(0, sweeper.step(NOW.plus(Duration.ofDays(99))).listed());
    assertFalse(bucket.list("", "", 10).blobs().isEmpty());
  }

  @Test
  void aPageHasASensibleSize() {
    for (int size : new int[] {0, 1001}) {
      var failure =
          assertThrows(
              IllegalArgumentException.class, () -> new ExpirySweeper(bucket, RETENTION, size));
      assertEquals("pageSize: " + size + " (expected: 1 to 1000)", failure.getMessage());
    }
  }
}
