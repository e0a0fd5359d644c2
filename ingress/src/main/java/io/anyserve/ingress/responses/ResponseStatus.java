package io.anyserve.ingress.responses;

import java.util.Locale;

/** Where a response stands. */
enum ResponseStatus {
  QUEUED,
  IN_PROGRESS,
  COMPLETED,
  /** It was cut at its token limit. */
  INCOMPLETE,
  FAILED,
  CANCELLED;

  /** Whether the answer is one that a next response can go on from. */
  boolean hasAnswer() {
    return switch (this) {
      case COMPLETED, INCOMPLETE -> true;
      case QUEUED, IN_PROGRESS, FAILED, CANCELLED -> false;
    };
  }

  /** As clients and records write it. */
  String text() {
    return name().toLowerCase(Locale.ROOT);
  }

  static ResponseStatus parse(String text) {
    return valueOf(text.toUpperCase(Locale.ROOT));
  }
}
