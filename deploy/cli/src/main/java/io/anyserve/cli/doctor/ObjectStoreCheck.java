package io.anyserve.cli.doctor;

import io.anyserve.cli.doctor.Advice.Note;
import io.anyserve.cli.doctor.Advice.Ok;
import io.anyserve.cli.doctor.Advice.Problem;
import io.anyserve.objects.BlobStore;
import io.anyserve.objects.BlobStore.Blob;
import io.anyserve.objects.BlobStore.NewBlob;
import io.anyserve.objects.ObjectStoreException;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.UUID;
import java.util.function.Supplier;

/** Whether the S3 server answers, keeps an object, and has the same time as this machine. */
final class ObjectStoreCheck implements Check {

  private static final byte[] CONTENT = "anyserve doctor".getBytes(StandardCharsets.UTF_8);

  /** S3 refuses signatures that are older or younger than that. */
  private static final Duration LARGEST_SKEW = Duration.ofMinutes(15);

  private static final Duration SMALL_SKEW = Duration.ofMinutes(1);

  private final String endpoint;
  private final Supplier<BlobStore> store;
  private final RemoteClock remote;
  private final InstantSource clock;

  /** The time of another machine. */
  @FunctionalInterface
  interface RemoteClock {
    Optional<Instant> now() throws InterruptedException;
  }

  /**
   * @param store closed after use
   */
  ObjectStoreCheck(
      String endpoint, Supplier<BlobStore> store, RemoteClock remote, InstantSource clock) {
    this.endpoint = endpoint;
    this.store = store;
    this.remote = remote;
    this.clock = clock;
  }

  @Override
  public String name() {
    return "Object store";
  }

  @Override
  public List<Advice> findings() throws InterruptedException {
    List<Advice> findings = new ArrayList<>(List.of(time()));
    try (BlobStore bucket = store.get()) {
      bucket.create();
      findings.add(new Ok("%s answers, bucket %s is there".formatted(endpoint, bucket.name())));
      findings.add(keeps(bucket));
    } catch (ObjectStoreException e) {
      findings.add(new Problem(endpoint + ": " + e.getMessage(), advice(e.kind())));
    }
    return findings;
  }

  private static String advice(ObjectStoreException.Kind kind) {
    return switch (kind) {
      case ACCESS_DENIED -> "Check access-key, secret-key and what they may do in the bucket.";
      case UNAVAILABLE -> "Check [objects] endpoint and that the server runs.";
      case NOT_FOUND, CORRUPT -> "Check that no proxy between changes requests or answers.";
      case TOO_LARGE, INVALID -> "Check the settings in [objects].";
    };
  }

  private Advice keeps(BlobStore bucket) throws ObjectStoreException {
    String key = "doctor/" + UUID.randomUUID();
    var blob = new NewBlob(key, "text/plain", clock.instant().plus(LARGEST_SKEW));
    bucket.write(blob, new ByteArrayInputStream(CONTENT), OptionalLong.of(CONTENT.length));
    try {
      return Arrays.equals(CONTENT, content(bucket.read(key)))
          ? new Ok("an object was put, got and deleted")
          : new Problem(
              "an object came back with other bytes",
              "Check that no proxy between changes requests or answers.");
    } finally {
      bucket.remove(key);
    }
  }

  private static byte[] content(Blob blob) {
    try (var stream = blob.content()) {
      return stream.readAllBytes();
    } catch (IOException e) {
      return new byte[0];
    }
  }

  private Advice time() throws InterruptedException {
    Optional<Instant> theirs = remote.now();
    if (theirs.isEmpty()) {
      return new Note(
          endpoint + " does not tell its time", "Make sure that both clocks are right.");
    }
    Duration skew = Duration.between(clock.instant(), theirs.get()).abs();
    String text = "clocks differ by " + skew.toSeconds() + " s";
    if (skew.compareTo(LARGEST_SKEW) >= 0) {
      return new Problem(
          text + " (expected: less than 900)", "Set both clocks, for example by NTP.");
    }
    return skew.compareTo(SMALL_SKEW) >= 0
        ? new Note(text, "Set both clocks, for example by NTP.")
        : new Ok(text);
  }
}
