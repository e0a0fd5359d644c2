package io.anyserve.ingress.openai;

import io.anyserve.ingress.admission.FieldViolation;

/**
 * The fields of a gRPC request by the names that a call of the OpenAI API has for them.
 *
 * @param input of what goes to the model
 * @param maxTokens of the limit of the answer
 */
public record ParameterNames(String input, String maxTokens) {

  private static final String PARAMETERS = "parameters.";
  private static final String MAX_TOKENS = "max_tokens";

  /** Those of {@code POST /v1/embeddings}. */
  public static final ParameterNames EMBEDDING = new ParameterNames("input", MAX_TOKENS);

  /** Those of {@code POST /v1/responses}. */
  public static final ParameterNames RESPONSE = new ParameterNames("input", "max_output_tokens");

  static ParameterNames of(CompletionKind kind) {
    return new ParameterNames(
        switch (kind) {
          case CHAT -> "messages";
          case TEXT -> "prompt";
        },
        MAX_TOKENS);
  }

  ParameterNames withMaxTokens(String name) {
    return new ParameterNames(input, name);
  }

  /**
   * @param field as a {@link FieldViolation} names it
   */
  String of(String field) {
    if (field.startsWith(PARAMETERS)) {
      String name = field.substring(PARAMETERS.length());
      return name.equals(MAX_TOKENS) ? maxTokens : name;
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
