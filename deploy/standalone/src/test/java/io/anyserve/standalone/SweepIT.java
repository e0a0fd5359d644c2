package io.anyserve.standalone;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;

import io.anyserve.contracts.ObjectRef;
import io.anyserve.contracts.TenantId;
import io.anyserve.objects.BlobStore;
import io.anyserve.objects.MinioBlobStore;
import io.anyserve.objects.ObjectStore;
import io.anyserve.objects.ObjectStoreConfig;
import io.anyserve.objects.ObjectStoreException;
import io.anyserve.objects.PresignedUpload;
import java.io.ByteArrayInputStream;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Map;
import java.util.OptionalLong;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Deleting expired objects. */
final class SweepIT {

  private static final TenantId TENANT = new TenantId("default");
  private static final Duration DAY = Duration.ofDays(1);

  @TempDir Path data;

  @Test
  void anExpiredObjectDisappearsAndALiveOneStays() throws Exception {
    StandaloneLayout place =
        new StandaloneLayout(data, UnusedPorts.row(8), true, Path.of("unused"));
    try (RunningServices services =
            RunningServices.start(place, Map.of("ANYSERVE_OBJECTS_SWEEP_INTERVAL", "20ms"));
        MinioBlobStore bucket = MinioBlobStore.of(settings(services))) {
      Instant now = Instant.now();
      ObjectStore today = store(bucket, now);
      ObjectRef live = today.put(TENANT, "a/b", new byte[] {1});

      awaitGone(bucket, store(bucket, now.minus(DAY.multipliedBy(10))));
      awaitGone(bucket, store(bucket, now.minus(DAY).minusSeconds(1)));

      assertArrayEquals(new byte[] {1}, today.read(TENANT, live, 10));
    }
  }

  /** Written without a check of what was written: a sweep may come before. */
  private static void awaitGone(MinioBlobStore bucket, ObjectStore past) throws Exception {
    PresignedUpload slot = past.presignPut(TENANT, Duration.ofMinutes(1));
    var expired = new BlobStore.NewBlob(slot.key(), "a/b", slot.expires());
    bucket.write(expired, new ByteArrayInputStream(new byte[] {2}), OptionalLong.of(1));
    Awaitility.await().atMost(RunningServices.PATIENCE).until(() -> gone(bucket, slot.key()));
  }

  private static boolean gone(MinioBlobStore bucket, String key) throws ObjectStoreException {
    return bucket.list(key, "", 10).blobs().isEmpty();
  }

  private static ObjectStore store(MinioBlobStore bucket, Instant time) {
    return new ObjectStore(bucket, 1_000, DAY, InstantSource.fixed(time));
  }

  private static ObjectStoreConfig settings(RunningServices services) throws Exception {
    Credentials credentials = Credentials.in(services.place().data());
    return ObjectStoreConfig.of(
        URI.create("http://127.0.0.1:" + services.place().objectsPort()),
        credentials.accessKey(),
        credentials.secretKey());
  }
}
