package io.anyserve.ingress.embeddings;

import io.anyserve.contracts.TokenIds;
import io.anyserve.contracts.codec.EmbeddingInputsCodec;
import io.anyserve.contracts.codec.PayloadCodec;
import io.anyserve.contracts.embedding.EmbeddingInput;
import io.anyserve.contracts.embedding.EmbeddingInput.OfText;
import io.anyserve.contracts.embedding.EmbeddingInput.OfTokens;
import io.anyserve.contracts.embedding.EmbeddingInputs;
import io.anyserve.contracts.embedding.Embeddings;
import io.anyserve.ingress.embeddings.EmbeddingCall.Encoding;
import io.anyserve.ingress.openai.ApiException;
import io.anyserve.ingress.openai.BodyFields;
import io.anyserve.ingress.openai.ParameterTable;
import io.anyserve.ingress.openai.StrictJson;
import io.anyserve.v1.Inference;
import io.anyserve.v1.RequestKind;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.stream.IntStream;
import tools.jackson.databind.JsonNode;

/** Makes requests of the bodies of {@code /embeddings}. Throws {@link ApiException}. */
public final class EmbeddingReader {

  private static final String INPUT = "input";

  private static final String FORMS =
      "a string, an array of strings, an array of token ids or an array of such arrays";
  private static final String USER = "user";

  private EmbeddingReader() {}

  /**
   * Reads the body of one call.
   *
   * @param session that the client names; empty for one of the request's own
   */
  public static EmbeddingCall read(byte[] body, Optional<String> session) {
    BodyFields fields = new BodyFields("", StrictJson.parse(body));
    ParameterTable.EMBED.check(fields);
    EmbeddingInputs inputs = inputs(fields);
    Inference.Builder request =
        Inference.newBuilder()
            .setCapability(fields.model())
            .setKind(RequestKind.REQUEST_KIND_EMBED)
            .setInput(PayloadCodec.write(EmbeddingInputsCodec.write(inputs)));
    session.ifPresent(request::setSession);
    fields.text(USER).ifPresent(user -> request.putLabels(USER, user));
    return new EmbeddingCall(
        request.getCapability(),
        request.build(),
        inputs.inputs().size(),
        encoding(fields),
        dimensions(fields));
  }

  private static Encoding encoding(BodyFields fields) {
    String format = fields.text("encoding_format").orElse("float");
    return switch (format) {
      case "float" -> Encoding.FLOAT;
      case "base64" -> Encoding.BASE64;
      default ->
          throw BodyFields.invalid(
              "encoding_format",
              "encoding_format: " + BodyFields.printable(format) + " (expected: float or base64)");
    };
  }

  private static OptionalInt dimensions(BodyFields fields) {
    return fields.integer("dimensions", 1, Embeddings.MOST_DIMENSIONS).stream()
        .mapToInt(Math::toIntExact)
        .findFirst();
  }

  private static EmbeddingInputs inputs(BodyFields fields) {
    JsonNode input = fields.value(INPUT).orElseThrow(() -> fields.missing(INPUT, FORMS));
    if (input.isString()) {
      return new EmbeddingInputs(List.of(text(INPUT, input)));
    }
    require(input.isArray() && !input.isEmpty(), INPUT, input, FORMS + ", not empty");
    return new EmbeddingInputs(
        input.get(0).isNumber() ? List.of(tokens(INPUT, input)) : elements(input));
  }

  private static List<EmbeddingInput> elements(JsonNode array) {
    if (array.size() > EmbeddingInputs.MOST) {
      throw BodyFields.invalid(
          INPUT,
          "input: %d inputs (expected: at most %d)".formatted(array.size(), EmbeddingInputs.MOST));
    }
    boolean texts = array.get(0).isString();
    require(texts || array.get(0).isArray(), INPUT + "[0]", array.get(0), FORMS);
    List<EmbeddingInput> all = new ArrayList<>(array.size());
    for (int i = 0; i < array.size(); i++) {
      String at = INPUT + "[" + i + "]";
      all.add(texts ? text(at, array.get(i)) : tokens(at, array.get(i)));
    }
    return all;
  }

  private static EmbeddingInput text(String at, JsonNode value) {
    require(value.isString(), at, value, "a string, as the first input is one");
    String text = BodyFields.text(INPUT, value.stringValue());
    require(!text.isEmpty(), at, value, "at least one character");
    return new OfText(text);
  }

  private static EmbeddingInput tokens(String at, JsonNode value) {
    require(
        value.isArray() && !value.isEmpty(),
        at,
        value,
        "at least one token id, as the first input");
    return new OfTokens(
        TokenIds.of(
            IntStream.range(0, value.size())
                .map(i -> token(at + "[" + i + "]", value.get(i)))
                .toArray()));
  }

  private static int token(String at, JsonNode value) {
    boolean isId = BodyFields.isWhole(value) && value.canConvertToInt() && value.intValue() >= 0;
    require(isId, at, value, "a token id");
    return value.intValue();
  }

  /** Whatever is wrong with an input, the parameter has one name. */
  private static void require(boolean holds, String at, JsonNode value, String expected) {
    if (!holds) {
      String shown = BodyFields.printable(value.toString());
      throw BodyFields.invalid(INPUT, at + ": " + shown + " (expected: " + expected + ")");
    }
  }
}
