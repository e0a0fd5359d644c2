package io.anyserve.objects;

import java.net.URI;
import java.time.Instant;

/**
 * Where a client may put one object by itself.
 *
 * @param url to put the bytes to
 * @param key for the reference, which the client completes with size and hash
 * @param expires when the object may be gone, and the latest moment the reference is of use
 */
public record PresignedUpload(URI url, String bucket, String key, Instant expires) {}
