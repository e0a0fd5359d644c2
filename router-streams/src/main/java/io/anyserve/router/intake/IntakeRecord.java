package io.anyserve.router.intake;

import io.anyserve.contracts.RequestId;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.Optional;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * A record of {@code intake} as it came.
 *
 * @param contentType as its header says
 */
record IntakeRecord(Place place, Optional<String> contentType, Content content) {

  /**
   * Where it lies.
   *
   * @param at by the log's clock
   */
  record Place(String topic, int partition, long offset, Instant at) {

    /** The id of a request that names none: the same whenever this record is read. */
    RequestId requestId() {
      String name = topic + "/" + partition + "/" + offset + "@" + at.toEpochMilli();
      UUID id = UUID.nameUUIDFromBytes(name.getBytes(StandardCharsets.UTF_8));
      return new RequestId(id.getMostSignificantBits(), id.getLeastSignificantBits());
    }
  }

  /** Key and value, each of which may be missing. */
  @SuppressWarnings("ArrayRecordComponent") // never compared
  record Content(byte @Nullable [] key, byte @Nullable [] value) {}
}
