package io.anyserve.router.results;

import io.anyserve.contracts.RequestContext;
import io.anyserve.contracts.RequestId;
import io.anyserve.contracts.event.FencedStream;
import io.anyserve.contracts.event.FencedStream.Verdict;
import io.anyserve.contracts.event.RequestResult;
import io.anyserve.contracts.event.ServedBy;
import io.anyserve.contracts.event.TokenEvent;
import io.anyserve.contracts.event.TokenEvent.Chunk;
import io.anyserve.contracts.event.TokenEvent.Released;
import io.anyserve.contracts.event.TokenEvent.Started;
import io.anyserve.contracts.event.TokenEvent.Terminal;
import io.anyserve.contracts.event.TokenRecord;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * The result of a request out of its events, read again in the order of the log. Not thread-safe.
 */
final class PastResult {

  private final RequestId request;
  private final FencedStream progress = new FencedStream();
  private ServedBy servedBy = ServedBy.NOBODY;
  private @Nullable RequestContext context;
  private @Nullable Terminal end;

  PastResult(RequestId request) {
    this.request = request;
  }

  void apply(TokenRecord record) {
    if (progress.apply(record) == Verdict.ACCEPTED) {
      switch (record.event()) {
        case Started started -> {
          context = started.context();
          servedBy = started.servedBy(record.attempt());
        }
        case Terminal terminal -> {
          end = terminal;
          context = terminal.context().orElse(context);
        }
        case Chunk _, Released _, TokenEvent.DuplicateSubmission _ -> {}
      }
    }
  }

  /** Empty while the terminal event, or who asked, is not among them. */
  Optional<RequestResult> result() {
    return end == null || context == null
        ? Optional.empty()
        : Optional.of(new RequestResult(request, context, progress.settle(end), servedBy));
  }
}
