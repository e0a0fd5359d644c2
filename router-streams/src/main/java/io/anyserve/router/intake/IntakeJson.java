package io.anyserve.router.intake;

import io.anyserve.contracts.Capability;
import io.anyserve.contracts.InferenceRequest;
import io.anyserve.contracts.ObjectRef;
import io.anyserve.contracts.Payload;
import io.anyserve.contracts.Priority;
import io.anyserve.contracts.RequestContext;
import io.anyserve.contracts.RequestId;
import io.anyserve.contracts.ResultFormat;
import io.anyserve.contracts.RoutingMetadata;
import io.anyserve.contracts.SessionId;
import io.anyserve.contracts.TenantId;
import io.anyserve.contracts.codec.MalformedRecordException;
import io.anyserve.contracts.topic.TopicCatalogue;
import io.anyserve.router.intake.ParsedIntake.IdSource;
import io.anyserve.router.intake.ParsedIntake.Sender;
import java.time.Duration;
import java.time.Instant;
import java.time.format.DateTimeParseException;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import tools.jackson.core.JacksonException;
import tools.jackson.core.StreamReadConstraints;
import tools.jackson.core.StreamReadFeature;
import tools.jackson.core.json.JsonFactory;
import tools.jackson.databind.DeserializationFeature;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * Reads asynchronous requests that people and scripts write by hand. Only a capability and one of
 * prompt, messages and object are needed:
 *
 * <pre>
 * {"capability": "story", "prompt": "Once", "max_tokens": 40}
 * {"id": UUID, "tenant": .., "session": .., "capability": ..,
 *  "prompt": text | "messages": [{"role": .., "content": ..}] | "object": {"bucket": ..},
 *  "max_tokens": n, "temperature": x, "top_p": x, "top_k": n, "seed": n,
 *  "stop": text or [text], "labels": {name: text}, "deadline_seconds": n, "lane": "batch"}
 * </pre>
 *
 * The other fields of sampling and of conversations have the names that they have over HTTP: see
 * {@link IntakeParameters} and {@link IntakeChat}.
 *
 * <p>Throws IllegalArgumentException naming what is wrong.
 */
final class IntakeJson {

  static final long MAX_DEADLINE_SECONDS =
      TopicCatalogue.longestDeadline(Priority.BATCH).toSeconds();

  private static final Set<String> INPUTS = Set.of("prompt", "messages", "object");
  private static final Set<String> FIELDS =
      Stream.of(
              Set.of("id", "tenant", "session", "capability", "labels", "deadline_seconds", "lane"),
              INPUTS,
              IntakeParameters.FIELDS,
              IntakeChat.FIELDS)
          .flatMap(Set::stream)
          .collect(Collectors.toUnmodifiableSet());
  private static final Set<String> OBJECT_FIELDS =
      Set.of("bucket", "key", "version", "size", "sha256", "content_type", "expires");

  private static final int MAX_DEPTH = 64;
  private static final int MAX_DOCUMENT = 16 << 20;
  private static final int MAX_NUMBER = 64;
  private static final int MAX_NAME = 256;
  private static final int MAX_TOKENS = 1 << 20;

  private static final JsonMapper MAPPER =
      JsonMapper.builder(
              JsonFactory.builder()
                  .streamReadConstraints(
                      StreamReadConstraints.builder()
                          .maxNestingDepth(MAX_DEPTH)
                          .maxDocumentLength(MAX_DOCUMENT)
                          .maxStringLength(MAX_DOCUMENT)
                          .maxNumberLength(MAX_NUMBER)
                          .maxNameLength(MAX_NAME)
                          .maxTokenCount(MAX_TOKENS)
                          .build())
                  .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
                  .build())
          .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
          .build();

  private final IntakeRules rules;

  IntakeJson(IntakeRules rules) {
    this.rules = rules;
  }

  /** The object; its fields are not checked yet. Throws {@link MalformedRecordException}. */
  JsonFields parse(byte[] bytes) {
    try {
      JsonNode node = MAPPER.readTree(bytes);
      return new JsonFields("", node);
    } catch (JacksonException e) {
      throw new MalformedRecordException("request: " + e.getOriginalMessage());
    } catch (IllegalArgumentException e) {
      throw new MalformedRecordException(String.valueOf(e.getMessage()));
    }
  }

  /** The request; what it leaves out depends on nothing but the record and where it lies. */
  InferenceRequest request(JsonFields fields, IntakeRecord.Position place) {
    fields.only(FIELDS);
    RequestId id = fields.text("id").map(RequestId::parse).orElseGet(place::requestId);
    Priority priority = priority(fields);
    Optional<Instant> asked = deadline(fields).map(place.at()::plus);
    Instant deadline = rules.deadline(asked, priority, place.at());
    return new InferenceRequest(
        id,
        context(fields, id, place),
        input(fields, deadline),
        IntakeParameters.read(fields, id),
        new RoutingMetadata(rules.replyOf(id), Optional.of(deadline), priority, List.of(), 0));
  }

  /** The sender of an object that is no request, from those of its fields that can be read. */
  Sender sender(JsonFields fields, Optional<RequestId> key, IntakeRecord.Position place) {
    Optional<RequestId> named =
        orElse(fields, "id", text -> Optional.of(RequestId.parse(text)), Optional.empty());
    RequestId id = named.or(() -> key).orElseGet(place::requestId);
    SessionId unnamed = new SessionId(id.toString());
    return new Sender(
        id,
        new RequestContext(
            orElse(fields, "tenant", TenantId::new, IntakeParser.DEFAULT_TENANT),
            orElse(fields, "session", SessionId::new, unnamed),
            "",
            orElse(fields, "capability", Capability::new, IntakeParser.UNREADABLE),
            Map.of(),
            place.at(),
            ResultFormat.JSON,
            false),
        rules.replyOf(id).partition(),
        named.isPresent() ? IdSource.VALUE : key.isPresent() ? IdSource.KEY : IdSource.PLACE);
  }

  private static <T> T orElse(
      JsonFields fields, String name, Function<String, T> read, T otherwise) {
    try {
      return fields.text(name).map(read).orElse(otherwise);
    } catch (IllegalArgumentException unreadable) {
      return otherwise;
    }
  }

  private static RequestContext context(
      JsonFields fields, RequestId id, IntakeRecord.Position place) {
    return new RequestContext(
        fields.text("tenant").map(TenantId::new).orElse(IntakeParser.DEFAULT_TENANT),
        new SessionId(fields.text("session").orElse(id.toString())),
        "",
        new Capability(fields.required("capability")),
        fields.map("labels"),
        place.at(),
        ResultFormat.JSON,
        false);
  }

  private static Payload input(JsonFields fields, Instant deadline) {
    if (INPUTS.stream().filter(fields::has).count() > 1) {
      throw new IllegalArgumentException(
          "prompt: set together with messages or object (expected: one of them)");
    }
    if (!fields.has("messages")) {
      IntakeChat.refuse(fields);
    }
    return fields
        .text("prompt")
        .map(IntakeJson::prompt)
        .or(() -> chat(fields))
        .or(() -> fields.object("object").map(object -> stored(object, deadline)))
        .orElseThrow(() -> fields.missing("prompt", "prompt, messages or object"));
  }

  private static Payload prompt(String text) {
    if (text.isEmpty()) {
      throw new IllegalArgumentException("prompt: empty (expected: text)");
    }
    return new Payload.Text(text);
  }

  private static Optional<Payload> chat(JsonFields fields) {
    return fields.has("messages") ? Optional.of(IntakeChat.read(fields)) : Optional.empty();
  }

  private static Payload stored(JsonFields object, Instant deadline) {
    object.only(OBJECT_FIELDS);
    return new Payload.ObjectReference(
        new ObjectRef(
            object.required("bucket"),
            object.required("key"),
            object.text("version").orElse(""),
            object.longInteger("size").orElseThrow(() -> object.missing("size", "bytes")),
            sha256(object.required("sha256")),
            object.text("content_type").orElse("application/octet-stream"),
            object.text("expires").map(IntakeJson::instant).orElse(deadline)));
  }

  private static String sha256(String text) {
    try {
      return HexFormat.of().formatHex(HexFormat.of().parseHex(text));
    } catch (IllegalArgumentException e) {
      throw new IllegalArgumentException(
          "object.sha256: " + e.getMessage() + " (expected: 64 hexadecimal digits)", e);
    }
  }

  private static Instant instant(String text) {
    try {
      return Instant.parse(text);
    } catch (DateTimeParseException e) {
      throw new IllegalArgumentException(
          "object.expires: " + e.getMessage() + " (expected: such as 2030-01-31T12:00:00Z)", e);
    }
  }

  private static Optional<Duration> deadline(JsonFields fields) {
    Optional<Long> seconds = fields.longInteger("deadline_seconds");
    seconds.ifPresent(
        value -> {
          if (value < 1 || value > MAX_DEADLINE_SECONDS) {
            throw new IllegalArgumentException(
                "deadline_seconds: " + value + " (expected: 1 to " + MAX_DEADLINE_SECONDS + ")");
          }
        });
    return seconds.map(Duration::ofSeconds);
  }

  private static Priority priority(JsonFields fields) {
    String priority = fields.text("lane").orElse("batch");
    return switch (priority) {
      case "interactive" -> Priority.INTERACTIVE;
      case "batch" -> Priority.BATCH;
      default ->
          throw new IllegalArgumentException(
              "lane: \"" + priority + "\" (expected: interactive or batch)");
    };
  }
}
