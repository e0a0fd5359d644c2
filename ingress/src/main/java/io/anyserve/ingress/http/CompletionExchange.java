package io.anyserve.ingress.http;

import io.anyserve.contracts.Failure;
import io.anyserve.contracts.event.TokenEvent.Started;
import io.anyserve.ingress.openai.ApiError;
import io.anyserve.ingress.openai.ApiException;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.function.Consumer;

/**
 * One call and its choices: takes their events on the call's own thread and writes them. While it
 * writes to a client that reads slowly, nothing is taken, and the log waits.
 */
final class CompletionExchange {

  /** Proxies and clients take a longer silence for the end. */
  static final Duration PING = Duration.ofSeconds(10);

  private final EventOutbox outbox;
  private final List<ChoiceSink> sinks;
  private final ChoiceWriter writer;
  private final Consumer<Started> begun;
  private final Duration ping;
  private int open;

  /**
   * @param begun hears what answers, before the first piece
   * @param ping silence after which the client is told that the call goes on
   */
  CompletionExchange(
      EventOutbox outbox,
      List<ChoiceSink> sinks,
      ChoiceWriter writer,
      Consumer<Started> begun,
      Duration ping) {
    this.ping = ping;
    this.outbox = outbox;
    this.sinks = sinks;
    this.writer = writer;
    this.begun = begun;
    this.open = sinks.size();
  }

  /** How a call ended for its client. */
  enum End {
    COMPLETE,
    /** What the client has is not complete and must not look so. */
    ABORTED
  }

  /**
   * Returns when nothing more is to be written.
   *
   * @throws ApiException for a failure that the client can be told by a status
   */
  End run() throws InterruptedException {
    try {
      return write();
    } catch (IOException e) {
      sinks.forEach(ChoiceSink::leave);
      return End.ABORTED;
    } catch (RuntimeException | InterruptedException e) {
      sinks.forEach(ChoiceSink::cancel);
      throw e;
    }
  }

  private End write() throws IOException, InterruptedException {
    while (open > 0) {
      List<CallEvent> taken = outbox.take(ping);
      if (taken.isEmpty()) {
        writer.silence();
      }
      for (CallEvent event : taken) {
        switch (event) {
          case CallEvent.Accepted() -> {}
          case CallEvent.Begun(Started started) -> begun.accept(started);
          case CallEvent.Piece(int choice, var delta, var logprobs, String token) ->
              writer.piece(choice, delta, logprobs, token);
          case CallEvent.Complete(int choice, var finished) -> {
            writer.complete(choice, finished);
            open--;
          }
          case CallEvent.Broken(Failure failure) -> {
            return broken(failure);
          }
          case CallEvent.ClientLeft() -> {
            sinks.forEach(ChoiceSink::leave);
            return End.ABORTED;
          }
        }
      }
      if (open > 0) {
        writer.flush();
      }
      if (outbox.written(taken)) {
        sinks.forEach(ChoiceSink::drain);
      }
    }
    writer.end();
    return End.COMPLETE;
  }

  private End broken(Failure failure) throws IOException {
    ApiError error = ApiError.of(failure);
    if (!writer.isCommitted()) {
      throw new ApiException(error);
    }
    sinks.forEach(ChoiceSink::cancel);
    writer.broken(error);
    return End.ABORTED;
  }
}
