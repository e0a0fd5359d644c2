package io.anyserve.router;

import io.anyserve.contracts.Capability;
import io.anyserve.contracts.Delivery;
import io.anyserve.contracts.InferenceRequest;
import io.anyserve.contracts.Payload;
import io.anyserve.contracts.RequestContext;
import io.anyserve.contracts.RequestId;
import io.anyserve.contracts.SessionId;
import io.anyserve.contracts.TenantId;
import io.anyserve.contracts.wire.MalformedRecordException;
import io.anyserve.contracts.wire.RequestWire;
import io.anyserve.router.IntakeRecord.Place;
import io.anyserve.router.Submission.Invalid;
import io.anyserve.router.Submission.Sender;
import io.anyserve.router.Submission.Valid;
import java.time.Instant;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Reads a record of {@code intake}: protobuf or JSON, by its content type or else by its first
 * character. Never throws.
 */
final class IntakeReader {

  static final TenantId DEFAULT_TENANT = new TenantId("default");
  static final Capability UNREADABLE = new Capability("unreadable");

  private static final int VERSION_SHIFT = 12;
  private static final int VARIANT_SHIFT = 62;

  private final IntakeRules rules;
  private final IntakeJson json;

  IntakeReader(IntakeRules rules) {
    this.rules = rules;
    this.json = new IntakeJson(rules);
  }

  Submission read(IntakeRecord record) {
    byte[] value = record.content().value();
    if (value == null || value.length == 0) {
      return invalid(new MalformedRecordException("request: empty (expected: a record)"), record);
    }
    return isJson(record, value) ? readJson(value, record.place()) : readProtobuf(value, record);
  }

  private Submission readJson(byte[] value, Place place) {
    JsonFields fields;
    try {
      fields = json.parse(value);
    } catch (RuntimeException e) {
      return new Invalid(e, Optional.empty());
    }
    try {
      return new Valid(json.request(fields, place));
    } catch (RuntimeException e) {
      return new Invalid(e, Optional.of(json.sender(fields, place)));
    }
  }

  private Submission readProtobuf(byte[] value, IntakeRecord record) {
    try {
      return new Valid(complete(RequestWire.decode(value), record.place().at()));
    } catch (RuntimeException e) {
      return invalid(e, record);
    }
  }

  private InferenceRequest complete(InferenceRequest request, Instant at) {
    Delivery delivery = request.delivery();
    requireText(request.input());
    if (!request.context().asynchronous()) {
      requirePartition(delivery.reply().partition());
      return request;
    }
    return request.with(
        new Delivery(
            rules.replyOf(request.id()),
            Optional.of(rules.deadline(delivery.deadline(), delivery.lane(), at)),
            delivery.lane(),
            delivery.delegatedFrom(),
            delivery.earlierAttempts()));
  }

  private void requirePartition(int partition) {
    if (partition >= rules.tokenPartitions()) {
      throw new IllegalArgumentException(
          "reply.partition: " + partition + " (expected: below " + rules.tokenPartitions() + ")");
    }
  }

  private static void requireText(Payload input) {
    if (input instanceof Payload.Text(String text) && text.isEmpty()) {
      throw new IllegalArgumentException("input.text: empty (expected: a prompt)");
    }
  }

  private static boolean isJson(IntakeRecord record, byte[] value) {
    String type = record.contentType().orElse("").toLowerCase(Locale.ROOT);
    return type.startsWith("application/json")
        || (!type.contains("protobuf") && startsLikeJson(value));
  }

  /** A protobuf request cannot: its first byte would name a field 11 or 15 of a group. */
  private static boolean startsLikeJson(byte[] value) {
    for (byte b : value) {
      if (b != ' ' && b != '\t' && b != '\r' && b != '\n') {
        return b == '{' || b == '[';
      }
    }
    return true;
  }

  /** Of a record whose value says nothing: the key may be a request's id. */
  private static Invalid invalid(RuntimeException reason, IntakeRecord record) {
    Optional<RequestId> id = requestId(record.content().key());
    return new Invalid(
        reason, id.map(known -> new Sender(known, context(known, record.place().at()))));
  }

  /** Only version 7 UUIDs, as services make them: other keys may have 16 bytes by chance. */
  private static Optional<RequestId> requestId(byte @Nullable [] key) {
    return Optional.ofNullable(key)
        .filter(bytes -> bytes.length == RequestId.BYTES)
        .map(RequestId::of)
        .filter(id -> ((id.high() >>> VERSION_SHIFT) & 0xF) == 7)
        .filter(id -> id.low() >>> VARIANT_SHIFT == 2);
  }

  private static RequestContext context(RequestId id, Instant at) {
    SessionId session = new SessionId(id.toString());
    return new RequestContext(DEFAULT_TENANT, session, "", UNREADABLE, Map.of(), at, true);
  }
}
