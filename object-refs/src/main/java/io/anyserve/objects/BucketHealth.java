package io.anyserve.objects;

import io.anyserve.runtime.Component;
import io.anyserve.runtime.Health;

/** The bucket as a part of a process: it exists once started, and is down while unreachable. */
public final class BucketHealth implements Component {

  private final BlobStore bucket;

  public BucketHealth(BlobStore bucket) {
    this.bucket = bucket;
  }

  @Override
  public void start() throws ObjectStoreException {
    bucket.create();
  }

  /** Asks the store, so it may block for as long as its timeouts say. */
  @Override
  public Health health() {
    try {
      bucket.create();
      return Health.UP;
    } catch (ObjectStoreException e) {
      return new Health.Down("object store", String.valueOf(e.getMessage()));
    }
  }

  @Override
  public void close() {
    bucket.close();
  }
}
