package io.anyserve.cli.request;

import io.anyserve.contracts.Failure;
import io.anyserve.contracts.FailureCode;
import io.anyserve.contracts.codec.GrpcStatuses;
import io.anyserve.v1.InferStreamRequest;
import io.anyserve.v1.InferenceServiceGrpc.InferenceServiceBlockingStub;
import io.anyserve.v1.ResumeRequest;
import io.anyserve.v1.StreamEvent;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import java.io.IOException;
import java.time.Duration;
import java.util.EnumSet;
import java.util.Iterator;
import java.util.Set;
import java.util.concurrent.locks.LockSupport;

/**
 * The events of one answer. Where the connection breaks after the request was accepted, they go on
 * behind the last chunk. One thread reads it, once.
 */
final class ResumableStream {

  /** So many failures without an event in between end it. */
  private static final int MOST_FAILURES = 20;

  private static final Set<FailureCode> PASSING =
      EnumSet.of(FailureCode.SHUTTING_DOWN, FailureCode.BROKER_UNAVAILABLE, FailureCode.OVERLOADED);

  private final InferenceServiceBlockingStub stub;
  private final Duration pause;
  private String token = "";
  private long nextSequence;
  private int failures;

  /**
   * Nothing is called yet.
   *
   * @param pause before each call that resumes
   */
  ResumableStream(InferenceServiceBlockingStub stub, Duration pause) {
    this.stub = stub;
    this.pause = pause;
  }

  /** Takes one event. */
  interface EventConsumer {
    void accept(StreamEvent event) throws IOException;
  }

  /**
   * Hands the events over as they come; of a resumed stream its first message, too.
   *
   * @throws StatusRuntimeException where the request fails, or cannot be resumed
   */
  void read(InferStreamRequest request, EventConsumer consumer) throws IOException {
    Iterator<StreamEvent> events = stub.inferStream(request);
    while (!endsWithin(events, consumer)) {
      LockSupport.parkNanos(pause.toNanos());
      events =
          stub.resume(
              ResumeRequest.newBuilder()
                  .setResumeToken(token)
                  .setFromSequence(nextSequence)
                  .build());
    }
  }

  /** False where it is to be resumed. */
  private boolean endsWithin(Iterator<StreamEvent> events, EventConsumer consumer)
      throws IOException {
    try {
      while (events.hasNext()) {
        StreamEvent event = events.next();
        remember(event);
        consumer.accept(event);
      }
      return true;
    } catch (StatusRuntimeException e) {
      if (token.isEmpty() || !passes(e) || ++failures > MOST_FAILURES) {
        throw e;
      }
      return false;
    }
  }

  private void remember(StreamEvent event) {
    switch (event.getEventCase()) {
      case ACCEPTED -> token = event.getAccepted().getResumeToken();
      case CHUNK -> {
        failures = 0;
        nextSequence = event.getChunk().getSequence() + 1;
        token = event.getChunk().getResumeToken();
      }
      case STARTED, FINISHED, EVENT_NOT_SET -> {}
    }
  }

  private static boolean passes(StatusRuntimeException failure) {
    return GrpcStatuses.read(failure)
        .map(Failure::code)
        .map(PASSING::contains)
        .orElse(failure.getStatus().getCode() == Status.Code.UNAVAILABLE);
  }
}
