package io.anyserve.ingress.openai.response;

import io.anyserve.contracts.sampling.GenerationParameters;
import io.anyserve.ingress.openai.ApiException;
import io.anyserve.ingress.openai.BodyFields;
import io.anyserve.ingress.openai.CompletionReader;
import io.anyserve.ingress.openai.OutputFormatReader;
import io.anyserve.ingress.openai.ParameterTable;
import io.anyserve.ingress.openai.SamplingReader;
import io.anyserve.ingress.openai.StrictJson;
import io.anyserve.ingress.openai.ToolReader;
import io.anyserve.ingress.openai.response.ResponseCall.Labels;
import io.anyserve.ingress.openai.response.ResponseCall.Options;
import io.anyserve.v1.ChatMessages;
import io.anyserve.v1.Inference;
import io.anyserve.v1.Parameters;
import io.anyserve.v1.Payload;
import java.util.Collections;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/**
 * Reads the body of {@code POST /v1/responses}, or says what is wrong with it: throws {@link
 * ApiException}. Stored responses keep their body, so what is read once must stay readable.
 */
public final class ResponseCallReader {

  private static final String BACKGROUND = "background";
  private static final String USER = "user";

  private ResponseCallReader() {}

  public static ResponseCall read(byte[] body) {
    return read(body, ResponseParameters.BODY);
  }

  /** The body of {@code POST /v1/responses/input_tokens}, which has nothing about the answer. */
  public static ResponseCall readInput(byte[] body) {
    return read(body, ResponseParameters.INPUT);
  }

  private static ResponseCall read(byte[] body, ParameterTable offered) {
    BodyFields fields = new BodyFields("", StrictJson.parse(body));
    offered.check(fields);
    fields.object("text").ifPresent(ResponseParameters.TEXT::check);
    fields.object("stream_options").ifPresent(ResponseParameters.STREAM_OPTIONS::check);
    Inference.Builder request =
        Inference.newBuilder().setCapability(fields.model()).setParameters(parameters(fields));
    CompletionReader.labels(fields, request);
    ChatMessages.Builder chat = ChatMessages.newBuilder();
    ToolReader.ofResponse(fields, chat);
    request.setInput(Payload.newBuilder().setChat(chat));
    return new ResponseCall(
        request.build(),
        InputItemReader.read(fields),
        options(fields),
        labels(fields, request),
        format(fields).map(BodyFields::node));
  }

  private static Optional<BodyFields> format(BodyFields fields) {
    return fields.object("text").flatMap(text -> text.object("format"));
  }

  private static Options options(BodyFields fields) {
    boolean store = fields.value("store").isEmpty() || fields.flag("store");
    boolean background = fields.flag(BACKGROUND);
    if (background && !store) {
      throw BodyFields.invalid(
          BACKGROUND, "background: true with \"store\": false (expected: one of the two only)");
    }
    return new Options(
        fields.text("instructions"),
        fields.text("previous_response_id"),
        fields.flag("stream"),
        store,
        background,
        truncates(fields));
  }

  private static boolean truncates(BodyFields fields) {
    String truncation = fields.text("truncation").orElse("disabled");
    return switch (truncation) {
      case "auto" -> true;
      case "disabled" -> false;
      default ->
          throw BodyFields.invalid(
              "truncation",
              "truncation: %s (expected: auto or disabled)"
                  .formatted(BodyFields.printable(truncation)));
    };
  }

  private static Labels labels(BodyFields fields, Inference.Builder request) {
    Optional<String> user = fields.text(USER);
    Map<String, String> metadata = new TreeMap<>(request.getLabelsMap());
    user.ifPresent(_ -> metadata.remove(USER));
    return new Labels(Collections.unmodifiableMap(metadata), user);
  }

  private static Parameters parameters(BodyFields fields) {
    Parameters.Builder parameters = Parameters.newBuilder();
    fields
        .integer("max_output_tokens", 1, GenerationParameters.MAX_TOKENS)
        .ifPresent(most -> parameters.setMaxTokens((int) most));
    SamplingReader.read(fields, parameters);
    format(fields).flatMap(OutputFormatReader::ofResponse).ifPresent(parameters::setOutputFormat);
    fields.integer("seed", Long.MIN_VALUE, Long.MAX_VALUE).ifPresent(parameters::setSeed);
    return parameters.build();
  }
}
