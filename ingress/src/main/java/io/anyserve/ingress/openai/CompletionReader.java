package io.anyserve.ingress.openai;

import io.anyserve.contracts.sampling.GenerationParameters;
import io.anyserve.v1.Inference;
import io.anyserve.v1.Parameters;
import io.anyserve.v1.Payload;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.TreeMap;
import tools.jackson.databind.JsonNode;

/**
 * Makes requests of the body of a completion call, or says what is wrong with it: throws {@link
 * ApiException}. What requests of every protocol must keep to is checked when they are admitted.
 */
public final class CompletionReader {

  /** Choices of one call, over all its prompts. */
  public static final int MOST_CHOICES = 16;

  private static final String USER = "user";
  private static final String METADATA = "metadata";
  private static final String MAX_COMPLETION_TOKENS = "max_completion_tokens";

  private CompletionReader() {}

  /**
   * Reads the body of one call.
   *
   * @param session that the client names; empty for one of each request's own
   */
  public static CompletionCall read(CompletionKind kind, byte[] body, Optional<String> session) {
    return read(kind, new BodyFields("", StrictJson.parse(body)), session);
  }

  static CompletionCall read(CompletionKind kind, BodyFields fields, Optional<String> session) {
    ParameterTable.of(kind).check(fields);
    String model = fields.model();
    boolean stream = fields.flag("stream");
    boolean includeUsage = includeUsage(fields, stream);
    List<Payload> inputs = inputs(kind, fields);
    long n = fields.integer("n", 1, MOST_CHOICES).orElse(1);
    if (inputs.size() * n > MOST_CHOICES) {
      throw BodyFields.invalid(
          "n",
          "n: %d for each of %d prompts (expected: at most %d choices in all)"
              .formatted(n, inputs.size(), MOST_CHOICES));
    }
    Inference.Builder each = Inference.newBuilder().setCapability(model);
    session.ifPresent(each::setSession);
    labels(fields, each);
    Parameters.Builder parameters = parameters(kind, fields);
    OptionalLong seed = fields.integer("seed", Long.MIN_VALUE, Long.MAX_VALUE);
    List<Inference> choices = new ArrayList<>();
    for (Payload input : inputs) {
      for (long i = 0; i < n; i++) {
        if (seed.isPresent()) {
          parameters.setSeed(seed.getAsLong() + i);
        }
        choices.add(each.setInput(input).setParameters(parameters).build());
      }
    }
    return new CompletionCall(kind, model, choices, stream, includeUsage, names(kind, fields));
  }

  private static boolean includeUsage(BodyFields fields, boolean stream) {
    Optional<BodyFields> options = fields.object("stream_options");
    if (options.isEmpty()) {
      return false;
    }
    if (!stream) {
      throw BodyFields.refused(
          "stream_options", options.get().node(), "only with \"stream\": true");
    }
    ParameterTable.STREAM_OPTIONS.check(options.get());
    return options.get().flag("include_usage");
  }

  private static List<Payload> inputs(CompletionKind kind, BodyFields fields) {
    return switch (kind) {
      case CHAT -> List.of(Payload.newBuilder().setChat(MessageReader.read(fields)).build());
      case TEXT -> prompts(fields);
    };
  }

  private static List<Payload> prompts(BodyFields fields) {
    JsonNode prompt =
        fields.value("prompt").orElseThrow(() -> fields.missing("prompt", "a string"));
    BodyFields.check(
        prompt.isString() || prompt.path(0).isString(),
        "prompt",
        prompt,
        "a string or an array of strings; tokens are not offered");
    List<String> texts = fields.strings("prompt");
    BodyFields.check(
        texts.size() <= MOST_CHOICES, "prompt", prompt, "at most " + MOST_CHOICES + " strings");
    return texts.stream().map(text -> Payload.newBuilder().setText(text).build()).toList();
  }

  public static void labels(BodyFields fields, Inference.Builder inference) {
    fields.object(METADATA).ifPresent(metadata -> metadata(metadata, inference));
    fields
        .text(USER)
        .ifPresent(
            user -> {
              if (inference.containsLabels(USER)) {
                throw BodyFields.invalid(
                    "metadata.user", "metadata.user: set beside user (expected: one of the two)");
              }
              inference.putLabels(USER, user);
            });
  }

  private static void metadata(BodyFields metadata, Inference.Builder inference) {
    var sorted = new TreeMap<String, JsonNode>();
    metadata.node().properties().forEach(entry -> sorted.put(entry.getKey(), entry.getValue()));
    sorted.forEach(
        (name, value) ->
            inference.putLabels(
                BodyFields.text(METADATA, name),
                BodyFields.text(metadata.at(BodyFields.printable(name)), value)));
  }

  private static Parameters.Builder parameters(CompletionKind kind, BodyFields fields) {
    Parameters.Builder parameters = Parameters.newBuilder();
    maxTokens(kind, fields).ifPresent(most -> parameters.setMaxTokens((int) most));
    SamplingReader.read(fields, parameters);
    OutputFormatReader.read(fields).ifPresent(parameters::setOutputFormat);
    LikelihoodReader.logprobs(kind, fields).ifPresent(parameters::setLogprobs);
    parameters.putAllLogitBias(LikelihoodReader.logitBias(fields));
    return parameters;
  }

  private static ParameterNames names(CompletionKind kind, BodyFields fields) {
    ParameterNames names = ParameterNames.of(kind);
    return fields.value(MAX_COMPLETION_TOKENS).isPresent()
        ? names.withMaxTokens(MAX_COMPLETION_TOKENS)
        : names;
  }

  private static OptionalLong maxTokens(CompletionKind kind, BodyFields fields) {
    OptionalLong old = fields.integer("max_tokens", 1, GenerationParameters.MAX_TOKENS);
    if (kind == CompletionKind.TEXT) {
      return old;
    }
    OptionalLong most = fields.integer(MAX_COMPLETION_TOKENS, 1, GenerationParameters.MAX_TOKENS);
    if (old.isPresent() && most.isPresent() && old.getAsLong() != most.getAsLong()) {
      throw BodyFields.invalid(
          "max_tokens",
          "max_tokens: %d (expected: the value of max_completion_tokens, %d, or none)"
              .formatted(old.getAsLong(), most.getAsLong()));
    }
    return most.isPresent() ? most : old;
  }
}
