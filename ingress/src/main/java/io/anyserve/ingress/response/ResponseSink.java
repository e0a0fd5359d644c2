package io.anyserve.ingress.response;

import io.anyserve.contracts.Failure;
import io.anyserve.contracts.event.TokenEvent.Chunk;
import io.anyserve.contracts.event.TokenEvent.Finished;
import io.anyserve.contracts.event.TokenEvent.Started;
import io.anyserve.contracts.event.TokenEvent.Terminal;
import java.time.Instant;

/**
 * What a client's connection takes, whatever its protocol. Its {@link ResponseStream} calls it, one
 * call at a time, from any thread; no call may block.
 *
 * <pre>
 * opened, then failed                                                     when refused
 * opened, accepted, (started, chunk*)*, then finished or failed           when accepted
 * opened [, accepted, ...]                                                when the client left
 * </pre>
 *
 * <p>When the idempotency key of a request turns out to have been used before, opened comes a
 * second time, before accepted: the sink now belongs to a reader of the earlier request.
 */
public interface ResponseSink {

  /**
   * More can be taken without piling up; when it turns true again, {@link ResponseStream#drain} is
   * due.
   */
  boolean ready();

  /** The request has a name and a place; a new one is not in the log yet. */
  void opened(ResponseStream stream);

  /** The request is in the log and will get exactly one terminal event. */
  void accepted();

  /** A worker took the request, again when the attempt is above 1. */
  void started(int attempt, Started started);

  void chunk(Chunk chunk);

  /** What was in the log has been told; what follows comes as it is written. */
  default void live() {}

  /**
   * The end that the log has; finished or failed follows and says it to clients.
   *
   * @param at by the log's clock
   */
  default void ended(Terminal terminal, Instant at) {}

  void finished(Finished finished);

  void failed(Failure failure);
}
