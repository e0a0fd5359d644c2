package io.anyserve.objects;

import java.time.InstantSource;

final class InMemoryBucketTest implements ObjectStoreContract {

  private final BlobStore bucket = new InMemoryBucket("memory", InstantSource.fixed(NOW));

  @Override
  public BlobStore bucket() {
    return bucket;
  }
}
