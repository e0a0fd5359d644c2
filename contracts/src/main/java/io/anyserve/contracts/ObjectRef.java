package io.anyserve.contracts;

import io.anyserve.contracts.validation.Preconditions;
import java.time.Instant;
import java.util.HexFormat;

/**
 * A payload in the object store instead of in a record.
 *
 * @param version the store's version of the object, empty where the store keeps none
 * @param size bytes
 * @param sha256 of the bytes, 64 lower-case hexadecimal digits
 * @param expires when the object may be gone
 */
public record ObjectRef(
    String bucket,
    String key,
    String version,
    long size,
    String sha256,
    String contentType,
    Instant expires) {

  public ObjectRef {
    Preconditions.that(!bucket.isEmpty(), "object.bucket", bucket, "a bucket name");
    Preconditions.that(!key.isEmpty(), "object.key", key, "a key");
    Preconditions.that(size >= 0, "object.size", size, ">= 0");
    Preconditions.that(
        sha256.length() == 64 && sha256.chars().allMatch(HexFormat::isHexDigit),
        "object.sha256",
        Preconditions.printable(sha256),
        "64 hexadecimal digits");
  }
}
