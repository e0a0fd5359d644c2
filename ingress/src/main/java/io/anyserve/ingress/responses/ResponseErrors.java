package io.anyserve.ingress.responses;

import io.anyserve.ingress.admission.InvalidRequestException;
import io.anyserve.ingress.openai.ApiError;
import io.anyserve.ingress.openai.ApiException;
import io.anyserve.ingress.openai.ParameterNames;
import java.util.Optional;

/** What calls about responses are refused with. */
final class ResponseErrors {

  static final String PREVIOUS = "previous_response_id";

  private static final int BAD_REQUEST = 400;
  private static final int NOT_FOUND = 404;

  private ResponseErrors() {}

  static ApiException notFound(String id) {
    return new ApiException(
        ApiError.refused(
            NOT_FOUND,
            "response_not_found",
            Optional.of("response_id"),
            "response_id: " + printable(id) + " (expected: a stored response of this tenant)"));
  }

  static ApiException previousNotFound(String id) {
    return new ApiException(
        ApiError.refused(
            BAD_REQUEST,
            "previous_response_not_found",
            Optional.of(PREVIOUS),
            PREVIOUS
                + ": "
                + printable(id)
                + " is not there (expected: a stored response of this tenant)"));
  }

  static ApiException previousWithoutAnswer(ResponseId id, ResponseStatus status) {
    return invalid(
        PREVIOUS, "%s is %s (expected: completed or incomplete)".formatted(id, status.text()));
  }

  static ApiException tooManyTurns(int most) {
    return invalid(PREVIOUS, "more than " + most + " responses in a row (expected: at most that)");
  }

  /** As OpenAI says it. */
  static ApiException cannotCancel(ResponseStatus status) {
    String article = status == ResponseStatus.INCOMPLETE ? "an " : "a ";
    return invalid("response_id", "Cannot cancel " + article + status.text() + " response.");
  }

  static ApiException notInBackground() {
    return invalid("response_id", "Only responses created with background=true can be cancelled.");
  }

  static ApiException invalid(String param, String problem) {
    return new ApiException(ApiError.invalid(param, param + ": " + problem));
  }

  /** With the names that clients of this API know. */
  static ApiException of(InvalidRequestException e) {
    return new ApiException(ApiError.of(e, ParameterNames.RESPONSE));
  }

  private static String printable(String id) {
    return id.substring(0, Math.min(id.length(), 80)).replaceAll("[^\\x21-\\x7e]", "?");
  }
}
