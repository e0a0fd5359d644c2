package io.anyserve.objects;

import io.anyserve.runtime.Component;
import io.anyserve.runtime.Health;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Creates the bucket where it is missing, and asks the object store every five seconds whether it
 * answers. Down until it first did. Closes the bucket. Its one thread asks; any thread may read.
 */
public final class ObjectStoreHealth implements Component {

  private static final Logger log = LoggerFactory.getLogger(ObjectStoreHealth.class);
  private static final long PERIOD_SECONDS = 5;

  private final BlobStore bucket;
  private final CountDownLatch stopping = new CountDownLatch(1);
  private volatile @Nullable String trouble = "not asked yet";

  public ObjectStoreHealth(BlobStore bucket) {
    this.bucket = bucket;
  }

  @Override
  public void start() {
    Thread.ofVirtual().name("object-store-health").start(this::run);
  }

  private void run() {
    try {
      do {
        ask();
      } while (!stopping.await(PERIOD_SECONDS, TimeUnit.SECONDS));
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private void ask() {
    try {
      bucket.create();
      trouble = null;
    } catch (ObjectStoreException e) {
      trouble = String.valueOf(e.getMessage());
    } catch (RuntimeException | Error e) {
      log.error("Failed to check the bucket", e);
      trouble = "failed to check the bucket: " + e;
    }
  }

  @Override
  public Health health() {
    @Nullable String why = trouble;
    return why == null ? Health.UP : new Health.Down("object store", why);
  }

  @Override
  public void close() {
    stopping.countDown();
    bucket.close();
  }
}
