package io.anyserve.standalone;

import io.anyserve.objects.ExpiryService;
import io.anyserve.objects.ObjectStoreConfig;
import io.anyserve.runtime.ConfigSection;
import java.net.URI;
import java.time.Duration;
import java.util.Optional;

/** Reads {@code [objects]}. Mistakes become problems of the section's file. */
record ObjectStoreConfigReader(ConfigSection section) {

  /** Bounds of payloads and objects, in bytes, and how long objects are kept. */
  private record Limits(int threshold, int largest, Duration retention) {}

  /** Who asks the store for which bucket. */
  private record Access(String region, String bucket, String key, String secret) {}

  /** Empty where there is no endpoint. */
  Optional<ObjectStoreConfig> read() {
    Optional<String> endpoint =
        section.optional("endpoint", "none", "URL of the S3 server: `http://host:port`.");
    Access access = access();
    Limits limits = limits();
    sweepInterval();
    return endpoint.flatMap(
        address ->
            section.build(
                () -> Optional.of(store(URI.create(address), access, limits)), Optional.empty()));
  }

  private static ObjectStoreConfig store(URI endpoint, Access access, Limits limits) {
    return new ObjectStoreConfig(
        endpoint,
        access.region,
        access.bucket,
        access.key,
        access.secret,
        limits.threshold,
        limits.largest,
        limits.retention);
  }

  private Access access() {
    String region =
        section.text(
            "region", ObjectStoreConfig.DEFAULT_REGION, "Region that S3 requests are signed for.");
    String bucket =
        section.text(
            "bucket", ObjectStoreConfig.DEFAULT_BUCKET, "Bucket; created where it is missing.");
    String key = section.text("access-key", "", "Access key; required with an endpoint.");
    String secret =
        section.secret("secret-key", "empty", "Secret key; required with an endpoint.").orElse("");
    return new Access(region, bucket, key, secret);
  }

  private Limits limits() {
    int threshold =
        section.integer(
            "threshold",
            (int) ObjectStoreConfig.DEFAULT_THRESHOLD,
            1,
            1 << 20,
            "Largest payload that travels in a record, in bytes; larger ones become objects.");
    int largest =
        section.integer(
            "max-object-bytes",
            (int) ObjectStoreConfig.DEFAULT_MAX_OBJECT_BYTES,
            1,
            1 << 30,
            "Largest object, in bytes; at least `threshold`.");
    Duration retention =
        section.duration(
            "retention",
            ObjectStoreConfig.DEFAULT_RETENTION,
            ObjectStoreConfig.SHORTEST_RETENTION,
            "Age at which an object expires; longer than the retention of the topics.");
    return new Limits(threshold, largest, retention);
  }

  /** From the end of one search for expired objects to the beginning of the next. */
  Duration sweepInterval() {
    return section.duration(
        "sweep-interval",
        ExpiryService.DEFAULT_INTERVAL,
        Duration.ofMillis(1),
        "Pause between two searches for expired objects, in each ingress.");
  }
}
