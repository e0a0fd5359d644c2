package io.anyserve.ingress.openai;

/** The fields of a gRPC request by the names that clients of the OpenAI API know. */
final class ParameterNames {

  private static final String PARAMETERS = "parameters.";

  private ParameterNames() {}

  /**
   * @param field as a {@code FieldViolation} names it
   */
  static String of(String field, CompletionKind kind) {
    if (field.startsWith(PARAMETERS)) {
      return field.substring(PARAMETERS.length());
    }
    return switch (field) {
      case "capability" -> "model";
      case "input", "input.chat.messages" -> kind == CompletionKind.CHAT ? "messages" : "prompt";
      case "labels" -> "metadata";
      case "session" -> "anyserve-session";
      case "idempotency-key" -> "Idempotency-Key";
      default -> field;
    };
  }
}
