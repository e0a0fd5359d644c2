package io.anyserve.objects;

import java.net.URI;
import java.time.Duration;
import java.util.regex.Pattern;

/**
 * Where the objects lie and how large and how old they may become.
 *
 * @param endpoint of the S3 server, {@code http://host:port} or https
 * @param region that requests are signed for
 * @param threshold bytes; larger payloads travel as references
 * @param maxObjectBytes the most that one object may hold
 * @param retention after which an object may be gone; longer than the topics keep records
 */
public record ObjectStoreConfig(
    URI endpoint,
    String region,
    String bucket,
    String accessKey,
    String secretKey,
    long threshold,
    long maxObjectBytes,
    Duration retention) {

  public static final String DEFAULT_REGION = "us-east-1";
  public static final String DEFAULT_BUCKET = "anyserve";
  public static final long DEFAULT_THRESHOLD = 64 << 10;
  public static final long DEFAULT_MAX_OBJECT_BYTES = 1L << 30;
  public static final Duration DEFAULT_RETENTION = Duration.ofDays(7);
  public static final Duration SHORTEST_RETENTION = Duration.ofMinutes(1);

  private static final Pattern BUCKET = Pattern.compile("[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]");
  private static final Pattern SCHEME = Pattern.compile("https?");

  public ObjectStoreConfig {
    require(isServer(endpoint), "endpoint", endpoint, "http(s)://host:port without a path");
    require(!region.isBlank(), "region", region, "a name such as us-east-1");
    require(
        BUCKET.matcher(bucket).matches() && !bucket.contains(".."),
        "bucket",
        bucket,
        "3 to 63 lower case letters, digits, hyphens or dots");
    require(!accessKey.isBlank(), "accessKey", accessKey, "not blank");
    require(!secretKey.isBlank(), "secretKey", "blank", "not blank");
    require(threshold > 0, "threshold", threshold, "> 0");
    require(maxObjectBytes >= threshold, "maxObjectBytes", maxObjectBytes, ">= " + threshold);
    require(
        retention.compareTo(SHORTEST_RETENTION) >= 0,
        "retention",
        retention,
        "at least " + SHORTEST_RETENTION);
  }

  /** Everything but where the store is and who we are there. */
  public static ObjectStoreConfig of(URI endpoint, String accessKey, String secretKey) {
    return new ObjectStoreConfig(
        endpoint,
        DEFAULT_REGION,
        DEFAULT_BUCKET,
        accessKey,
        secretKey,
        DEFAULT_THRESHOLD,
        DEFAULT_MAX_OBJECT_BYTES,
        DEFAULT_RETENTION);
  }

  /** Without the secret, so that settings may be logged. */
  @Override
  public String toString() {
    return "ObjectStoreSettings[%s/%s as %s, region %s, threshold %d, at most %d bytes, kept %s]"
        .formatted(endpoint, bucket, accessKey, region, threshold, maxObjectBytes, retention);
  }

  private static boolean isServer(URI endpoint) {
    String scheme = endpoint.getScheme();
    String path = endpoint.getPath();
    return scheme != null
        && SCHEME.matcher(scheme).matches()
        && endpoint.getHost() != null
        && (path == null || path.isEmpty() || path.equals("/"))
        && endpoint.getQuery() == null
        && endpoint.getUserInfo() == null;
  }

  private static void require(boolean holds, String name, Object value, String expected) {
    if (!holds) {
      throw new IllegalArgumentException(name + ": " + value + " (expected: " + expected + ")");
    }
  }
}
