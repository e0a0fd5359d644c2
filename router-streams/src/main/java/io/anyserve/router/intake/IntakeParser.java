package io.anyserve.router.intake;

import io.anyserve.contracts.AdmissionRules;
import io.anyserve.contracts.Capability;
import io.anyserve.contracts.InferenceRequest;
import io.anyserve.contracts.Payload;
import io.anyserve.contracts.RequestContext;
import io.anyserve.contracts.RequestId;
import io.anyserve.contracts.ResultFormat;
import io.anyserve.contracts.RoutingMetadata;
import io.anyserve.contracts.SessionId;
import io.anyserve.contracts.TenantId;
import io.anyserve.contracts.codec.MalformedRecordException;
import io.anyserve.contracts.codec.RefusedRequest;
import io.anyserve.contracts.codec.RequestCodec;
import io.anyserve.router.intake.ParsedIntake.IdSource;
import io.anyserve.router.intake.ParsedIntake.Invalid;
import io.anyserve.router.intake.ParsedIntake.Sender;
import io.anyserve.router.intake.ParsedIntake.Valid;
import io.anyserve.runtime.kafka.PoisonRecords;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.Arrays;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;

/**
 * Reads a record of {@code intake}: protobuf or JSON, by its content type or else by its first
 * character. Never throws.
 */
final class IntakeParser {

  static final TenantId DEFAULT_TENANT = new TenantId("default");
  static final Capability UNREADABLE = new Capability("unreadable");

  private static final int VARIANT_SHIFT = 62;
  private static final int UUID_CHARACTERS = 36;
  private static final byte[] BYTE_ORDER_MARK = {(byte) 0xEF, (byte) 0xBB, (byte) 0xBF};

  /** More than any request that can be sent on has, however it is written. */
  private static final int MAX_BYTES = 16 << 20;

  private final IntakeRules rules;
  private final IntakeJson json;

  IntakeParser(IntakeRules rules) {
    this.rules = rules;
    this.json = new IntakeJson(rules);
  }

  ParsedIntake read(IntakeRecord record) {
    return PoisonRecords.orElse(
        () -> recognise(record), failure -> new Invalid(failure, Optional.empty()));
  }

  private ParsedIntake recognise(IntakeRecord record) {
    byte[] value = record.value();
    if (value == null || value.length == 0) {
      return invalid(new MalformedRecordException("request: empty (expected: a record)"), record);
    }
    if (value.length > MAX_BYTES) {
      return invalid(
          new MalformedRecordException(
              "request: " + value.length + " bytes (expected: at most " + MAX_BYTES + ")"),
          record);
    }
    return isJson(record, value) ? readJson(value, record) : readProtobuf(value, record);
  }

  private ParsedIntake readJson(byte[] value, IntakeRecord record) {
    byte[] text = withoutByteOrderMark(value);
    JsonFields fields;
    try {
      fields = json.parse(text);
    } catch (RuntimeException | StackOverflowError e) {
      return unreadable(e, text, record);
    }
    try {
      InferenceRequest request = json.request(fields, record.place());
      AdmissionRules.require(request, record.place().at());
      return new Valid(request, fields.has("id"));
    } catch (RuntimeException e) {
      return new Invalid(e, Optional.of(json.sender(fields, key(record), record.place())));
    }
  }

  /** The sender is named by what can be recognised in it, or else by the key. */
  private Invalid unreadable(Throwable why, byte[] text, IntakeRecord record) {
    var reason = new MalformedRecordException(String.valueOf(why.getMessage()));
    JsonFields recognised = MalformedJson.fields(text);
    return recognised.has("id")
        ? new Invalid(reason, Optional.of(json.sender(recognised, key(record), record.place())))
        : new Invalid(
            reason,
            key(record).map(id -> json.sender(recognised, Optional.of(id), record.place())));
  }

  private static byte[] withoutByteOrderMark(byte[] value) {
    return startsWithByteOrderMark(value)
        ? Arrays.copyOfRange(value, BYTE_ORDER_MARK.length, value.length)
        : value;
  }

  private static boolean startsWithByteOrderMark(byte[] value) {
    return value.length >= BYTE_ORDER_MARK.length
        && Arrays.equals(value, 0, BYTE_ORDER_MARK.length, BYTE_ORDER_MARK, 0, 3);
  }

  private ParsedIntake readProtobuf(byte[] value, IntakeRecord record) {
    try {
      InferenceRequest request = complete(RequestCodec.decode(value), record.place().at());
      AdmissionRules.require(request, record.place().at());
      return new Valid(request, true);
    } catch (RuntimeException e) {
      return RefusedRequest.of(value, record.place().at())
          .map(refused -> new Invalid(e, Optional.of(sender(refused))))
          .or(() -> RefusedRequest.id(value).map(id -> invalid(e, id, IdSource.VALUE, record)))
          .orElseGet(() -> invalid(e, record));
    }
  }

  private Sender sender(RefusedRequest refused) {
    int named = refused.replyPartition();
    boolean exists = named >= 0 && named < rules.tokenPartitions();
    int partition =
        refused.context().asynchronous() || !exists
            ? rules.replyOf(refused.id()).partition()
            : named;
    return new Sender(refused.id(), refused.context(), partition, IdSource.VALUE);
  }

  private InferenceRequest complete(InferenceRequest request, Instant at) {
    RoutingMetadata routing = request.routing();
    requireText(request.input());
    if (!request.context().asynchronous()) {
      requirePartition(routing.reply().partition());
      return request;
    }
    return request.with(
        new RoutingMetadata(
            rules.replyOf(request.id()),
            Optional.of(rules.deadline(routing.deadline(), routing.priority(), at)),
            routing.priority(),
            routing.delegatedFrom(),
            routing.earlierAttempts()));
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

  /** Otherwise it is protobuf. */
  static boolean isJson(IntakeRecord record, byte[] value) {
    String type = record.contentType().orElse("").toLowerCase(Locale.ROOT);
    return type.startsWith("application/json")
        || (!type.contains("protobuf") && startsLikeJson(value));
  }

  /** A protobuf request cannot: its first byte would name a field 11 or 15 of a group. */
  private static boolean startsLikeJson(byte[] value) {
    if (startsWithByteOrderMark(value)) {
      return true;
    }
    for (byte b : value) {
      if (b != ' ' && b != '\t' && b != '\r' && b != '\n') {
        return b == '{' || b == '[';
      }
    }
    return true;
  }

  /** A record whose value names no id: its key may be one. */
  private Invalid invalid(RuntimeException reason, IntakeRecord record) {
    return key(record)
        .map(id -> invalid(reason, id, IdSource.KEY, record))
        .orElseGet(() -> new Invalid(reason, Optional.empty()));
  }

  private Invalid invalid(
      RuntimeException reason, RequestId id, IdSource source, IntakeRecord record) {
    RequestContext context = context(id, ResultFormat.PROTOBUF, record.place().at());
    var sender = new Sender(id, context, rules.replyOf(id).partition(), source);
    return new Invalid(reason, Optional.of(sender));
  }

  private static Optional<RequestId> key(IntakeRecord record) {
    return Optional.ofNullable(record.key()).flatMap(IntakeParser::requestId);
  }

  /** A UUID as 36 characters, or as 16 bytes with its variant: other keys may have 16 by chance. */
  private static Optional<RequestId> requestId(byte[] key) {
    if (key.length == UUID_CHARACTERS) {
      try {
        return Optional.of(RequestId.parse(new String(key, StandardCharsets.US_ASCII)));
      } catch (IllegalArgumentException otherText) {
        return Optional.empty();
      }
    }
    return Optional.of(key)
        .filter(bytes -> bytes.length == RequestId.BYTES)
        .map(RequestId::of)
        .filter(id -> id.low() >>> VARIANT_SHIFT == 2);
  }

  private static RequestContext context(RequestId id, ResultFormat format, Instant at) {
    SessionId session = new SessionId(id.toString());
    return new RequestContext(DEFAULT_TENANT, session, "", UNREADABLE, Map.of(), at, format, false);
  }
}
