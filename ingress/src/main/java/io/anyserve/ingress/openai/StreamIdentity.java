package io.anyserve.ingress.openai;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;

/**
 * What all events of one answer have in common.
 *
 * @param id of the answer, made of that of its first request
 * @param created seconds since the epoch
 * @param model as asked for
 * @param fingerprint of the model that answers
 */
public record StreamIdentity(
    CompletionKind kind, String id, long created, String model, String fingerprint) {

  /**
   * Of a new answer, or of one that goes on.
   *
   * @param request the id of the first choice's request
   */
  public static StreamIdentity of(
      CompletionKind kind, String request, long created, String model, String fingerprint) {
    return new StreamIdentity(kind, kind.idPrefix() + request, created, model, fingerprint);
  }

  /** Differs between models, and between capabilities that serve the same model. */
  public static String fingerprint(String capability, String model) {
    try {
      byte[] hash =
          MessageDigest.getInstance("SHA-256")
              .digest((capability + '\0' + model).getBytes(StandardCharsets.UTF_8));
      return "fp_" + HexFormat.of().formatHex(hash, 0, 5);
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every Java platform has SHA-256", e);
    }
  }
}
