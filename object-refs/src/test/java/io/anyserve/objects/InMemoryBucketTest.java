package io.anyserve.objects;

import java.time.InstantSource;

final class InMemoryBucketTest implements ObjectStoreContract {

  private final Bucket bucket = new InMemoryBucket("memory", InstantSource.fixed(NOW));

  @Override
  public Bucket bucket() {
    return bucket;
  }
}
