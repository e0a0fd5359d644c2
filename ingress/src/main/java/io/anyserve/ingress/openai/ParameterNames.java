package io.anyserve.ingress.openai;

import io.anyserve.ingress.admission.FieldViolation;

/**
 * The fields of a gRPC request by the names that a call of the OpenAI API has for them.
 *
 * @param input of what goes to the model
 * @param maxTokens of the limit of the answer
 * @param format of what the answer must be
 */
public record ParameterNames(String input, String maxTokens, String format) {

  private static final String PARAMETERS = "parameters.";
  private static final String MAX_TOKENS = "max_tokens";
  private static final String FORMAT = "response_format";

  /** Those of {@code POST /v1/embeddings}. */
  public static final ParameterNames EMBEDDING = new ParameterNames("input", MAX_TOKENS, FORMAT);

  /** Those of {@code POST /v1/rerank}. */
  public static final ParameterNames RERANK = new ParameterNames("documents", MAX_TOKENS, FORMAT);

  /** Those of {@code POST /v1/responses}. */
  public static final ParameterNames RESPONSE =
      new ParameterNames("input", "max_output_tokens", "text.format");

  static ParameterNames of(CompletionKind kind) {
    return new ParameterNames(
        switch (kind) {
          case CHAT -> "messages";
          case TEXT -> "prompt";
        },
        MAX_TOKENS,
        FORMAT);
  }

  ParameterNames withMaxTokens(String name) {
    return new ParameterNames(input, name, format);
  }

  /**
   * @param field as a {@link FieldViolation} names it
   */
  String of(String field) {
    if (field.startsWith(PARAMETERS)) {
      String name = field.substring(PARAMETERS.length());
      return switch (name) {
        case MAX_TOKENS -> maxTokens;
        case "output_format" -> format;
        default -> name;
      };
    }
    return switch (field) {
      case "capability" -> "model";
      case "input", "input.chat.messages" -> input;
      case "input.chat.tools" -> "tools";
      case "labels" -> "metadata";
      case "session" -> "anyserve-session";
      case "idempotency-key" -> "Idempotency-Key";
      default -> field;
    };
  }

  /** What is wrong, which begins with the field's own name, in the names of the call. */
  String problem(FieldViolation mistake) {
    String field = mistake.field();
    String own = field.replaceFirst("^(parameters|input\\.chat|input)\\.", "");
    return mistake.problem().startsWith(own + ":")
        ? of(field) + mistake.problem().substring(own.length())
        : mistake.problem();
  }
}
