package io.anyserve.ingress.http;

import io.anyserve.contracts.event.TokenEvent.Started;
import io.anyserve.ingress.openai.CompletionKind;
import io.anyserve.ingress.openai.StreamIdentity;
import io.anyserve.ingress.response.StreamHandle;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * The identity of a new answer, fixed when it is asked for first: by then a worker has begun it.
 * Owned by the call's thread.
 */
final class AnswerIdentity implements Supplier<StreamIdentity> {

  private final CompletionKind kind;
  private final String model;
  private final long created;
  private final Supplier<StreamHandle> first;
  private @Nullable Started begun;
  private @Nullable StreamIdentity known;

  /**
   * @param created seconds since the epoch
   * @param first asked for the request of the first choice
   */
  AnswerIdentity(CompletionKind kind, String model, long created, Supplier<StreamHandle> first) {
    this.kind = kind;
    this.model = model;
    this.created = created;
    this.first = first;
  }

  void begun(Started started) {
    begun = started;
  }

  @Override
  public StreamIdentity get() {
    if (known == null) {
      String request = first.get().request().toString();
      known = StreamIdentity.of(kind, request, created, model, fingerprint());
    }
    return known;
  }

  private String fingerprint() {
    return begun == null
        ? StreamIdentity.fingerprint(model, "")
        : StreamIdentity.fingerprint(begun.capability().value(), begun.model());
  }
}
