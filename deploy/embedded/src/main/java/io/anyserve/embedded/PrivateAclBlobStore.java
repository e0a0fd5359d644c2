package io.anyserve.embedded;

import org.gaul.s3proxy.blobstore.BlobStore;
import org.gaul.s3proxy.blobstore.ForwardingBlobStore;
import org.jspecify.annotations.Nullable;
import software.amazon.awssdk.services.s3.model.BucketCannedACL;
import software.amazon.awssdk.services.s3.model.ObjectCannedACL;

/**
 * Never public, whatever a client or the file permissions say: the store underneath would serve a
 * world-readable file to anybody.
 */
final class PrivateAclBlobStore extends ForwardingBlobStore {

  PrivateAclBlobStore(BlobStore blobs) {
    super(blobs);
  }

  @Override
  public BucketCannedACL getContainerAccess(String bucket) {
    return BucketCannedACL.PRIVATE;
  }

  @Override
  public ObjectCannedACL getBlobAccess(String bucket, String key) {
    return ObjectCannedACL.PRIVATE;
  }

  @Override
  public ObjectCannedACL getBlobAccess(String bucket, String key, @Nullable String version) {
    return ObjectCannedACL.PRIVATE;
  }
}
