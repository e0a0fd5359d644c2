package io.anyserve.loadtest.scenario;

import java.util.Locale;

/** How requests reach the service. */
public enum TargetKind {
  /** {@code InferStream}. */
  GRPC,
  /** {@code /v1/completions}, streamed. */
  HTTP_COMPLETIONS,
  /** {@code /v1/chat/completions}, streamed. */
  HTTP_CHAT,
  /** The topic of submissions, with the results read back. */
  KAFKA;

  /** As a scenario writes it. */
  public String key() {
    return name().toLowerCase(Locale.ROOT).replace('_', '-');
  }
}
