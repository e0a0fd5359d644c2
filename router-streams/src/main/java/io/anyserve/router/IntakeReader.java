package io.anyserve.router;

import io.anyserve.contracts.AdmissionRules;
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
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.Arrays;
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

  private static final byte[] MARK = {(byte) 0xEF, (byte) 0xBB, (byte) 0xBF};
  private static final int VERSION_SHIFT = 12;
  private static final int VARIANT_SHIFT = 62;
  private static final int TEXT_LENGTH = 36;

  private final IntakeRules rules;
  private final IntakeJson json;

  IntakeReader(IntakeRules rules) {
    this.rules = rules;
    this.json = new IntakeJson(rules);
  }

  Submission read(IntakeRecord record) {
    byte[] value = record.content().value();
    if (value == null || value.length == 0) {
      var reason = new MalformedRecordException("request: empty (expected: a record)");
      return invalid(reason, record);
    }
    byte[] content = withoutMark(value);
    return content.length < value.length || isJson(record, value)
        ? readJson(content, record)
        : readProtobuf(value, record);
  }

  private Submission readJson(byte[] value, IntakeRecord record) {
    Place place = record.place();
    JsonFields fields;
    try {
      fields = json.parse(value);
    } catch (RuntimeException e) {
      return invalid(e, record);
    }
    try {
      return new Valid(admitted(json.request(fields, place), place));
    } catch (RuntimeException e) {
      return new Invalid(e, Optional.of(json.sender(fields, place)));
    }
  }

  private Submission readProtobuf(byte[] value, IntakeRecord record) {
    try {
      InferenceRequest request = complete(RequestWire.decode(value), record.place().at());
      return new Valid(admitted(request, record.place()));
    } catch (RuntimeException e) {
      return invalid(e, record);
    }
  }

  private static InferenceRequest admitted(InferenceRequest request, Place place) {
    AdmissionRules.require(request, place.at());
    return request;
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

  /** Editors begin UTF-8 with a byte-order mark. A protobuf request cannot begin so. */
  private static byte[] withoutMark(byte[] value) {
    boolean marked = value.length >= MARK.length && Arrays.mismatch(value, MARK) == MARK.length;
    return marked ? Arrays.copyOfRange(value, MARK.length, value.length) : value;
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
  private static Invalid invalid(RuntimeException e, IntakeRecord record) {
    return new Invalid(
        e,
        requestId(record.content().key())
            .map(id -> new Sender(id, context(id, record.place().at()))));
  }

  /** A UUID in bytes or as text. */
  private static Optional<RequestId> requestId(byte @Nullable [] key) {
    if (key == null) {
      return Optional.empty();
    }
    return switch (key.length) {
      case RequestId.BYTES -> uuid(RequestId.of(key));
      case TEXT_LENGTH -> parsed(new String(key, StandardCharsets.ISO_8859_1));
      default -> Optional.empty();
    };
  }

  private static Optional<RequestId> parsed(String text) {
    try {
      return Optional.of(RequestId.parse(text));
    } catch (IllegalArgumentException other) {
      return Optional.empty();
    }
  }

  /** Other keys may have 16 bytes by chance: a UUID says its version, 1 to 8, and its variant. */
  private static Optional<RequestId> uuid(RequestId id) {
    long version = (id.high() >>> VERSION_SHIFT) & 0xF;
    return version >= 1 && version <= 8 && id.low() >>> VARIANT_SHIFT == 2
        ? Optional.of(id)
        : Optional.empty();
  }

  private static RequestContext context(RequestId id, Instant at) {
    SessionId session = new SessionId(id.toString());
    return new RequestContext(DEFAULT_TENANT, session, "", UNREADABLE, Map.of(), at, true);
  }
}
