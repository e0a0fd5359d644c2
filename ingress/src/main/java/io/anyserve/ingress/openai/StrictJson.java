package io.anyserve.ingress.openai;

import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.core.JsonParser;
import tools.jackson.core.StreamReadConstraints;
import tools.jackson.core.StreamReadFeature;
import tools.jackson.core.exc.StreamReadException;
import tools.jackson.core.exc.UnexpectedEndOfInputException;
import tools.jackson.core.json.JsonFactory;
import tools.jackson.databind.DeserializationFeature;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * JSON as RFC 8259 has it and no more: valid UTF-8, every name once in its object, nothing behind
 * the value, at most {@value #DEPTH} levels.
 */
public final class StrictJson {

  private static final int DEPTH = 64;

  private static final JsonMapper MAPPER =
      JsonMapper.builder(
              JsonFactory.builder()
                  .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
                  .streamReadConstraints(
                      StreamReadConstraints.builder().maxNestingDepth(DEPTH).build())
                  .build())
          .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
          .build();

  private StrictJson() {}

  /** The value; throws {@link ApiException} naming the place where the text is wrong. */
  public static JsonNode parse(byte[] body) {
    try {
      return MAPPER.readTree(text(body));
    } catch (UnexpectedEndOfInputException e) {
      throw new ApiException(
          ApiError.malformed(
              Optional.empty(), "body: the JSON ends early (expected: one JSON object)"));
    } catch (JacksonException e) {
      throw new ApiException(
          ApiError.malformed(
              place(e), "body: " + e.getOriginalMessage() + " (expected: one JSON object)"));
    }
  }

  private static String text(byte[] body) {
    try {
      return StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(body)).toString();
    } catch (CharacterCodingException e) {
      throw new ApiException(
          ApiError.malformed(Optional.empty(), "body: not valid UTF-8 (expected: UTF-8)"));
    }
  }

  /** Such as {@code messages[0].role}; empty at the top. */
  private static Optional<String> place(JacksonException e) {
    @Nullable JsonParser at = e instanceof StreamReadException read ? read.processor() : null;
    if (at == null) {
      return Optional.empty();
    }
    String pointer = at.streamReadContext().pathAsPointer().toString();
    String path =
        pointer.replaceAll("/(\\d{1,9})(?=/|$)", "[$1]").replaceFirst("^/", "").replace('/', '.');
    return path.isEmpty() || path.length() > BodyFields.SHOWN
        ? Optional.empty()
        : Optional.of(path);
  }
}
