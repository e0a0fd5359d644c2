package io.anyserve.worker.hub;

import java.net.http.HttpResponse;

/** Says what a hub's refusal means, by its status and its header {@code X-Error-Code}. */
final class HubRefusal {

  private static final String GATED = "GatedRepo";

  private HubRefusal() {}

  /**
   * @param file empty where the repository was asked for
   */
  static HubException of(
      ModelReference reference, String file, HttpResponse<?> answer, HubSettings settings) {
    String why =
        code(answer).equals(GATED)
            ? "gated (expected: HF_TOKEN of somebody who accepted its terms at "
                + settings.endpoint()
                + "/"
                + reference.repository()
                + ")"
            : why(reference, file, answer, settings.token().isPresent());
    String subject = file.isEmpty() ? reference.toString() : reference.repository() + "/" + file;
    return new HubException(settings + ": " + subject + ": " + why);
  }

  private static String why(
      ModelReference reference, String file, HttpResponse<?> answer, boolean known) {
    return switch (answer.statusCode()) {
      case 401 ->
          known
              ? "refused (expected: HF_TOKEN of somebody who may read it, and the right name)"
              : "not found, or not public (expected: the right name, or HF_TOKEN)";
      case 403 -> "forbidden (expected: HF_TOKEN of somebody who may read it)";
      case 404 -> missing(reference, file, code(answer));
      default ->
          answer.statusCode()
              + " "
              + answer.headers().firstValue("x-error-message").orElse("")
              + " (expected: 200)";
    };
  }

  private static String code(HttpResponse<?> answer) {
    return answer.headers().firstValue("x-error-code").orElse("");
  }

  private static String missing(ModelReference reference, String file, String code) {
    if (code.equals("RevisionNotFound")) {
      return "revision "
          + reference.revision()
          + " not found (expected: a branch, a tag or a commit)";
    }
    return file.isEmpty()
        ? "not found (expected: ORG/NAME of a model)"
        : "not found (expected: a file of the repository)";
  }
}
