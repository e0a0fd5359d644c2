package io.anyserve.ingress.grpc;

import io.anyserve.contracts.Failure;
import io.anyserve.contracts.FailureCode;
import io.anyserve.contracts.FailureException;
import io.anyserve.contracts.RequestId;
import io.anyserve.contracts.codec.GrpcStatuses;
import io.anyserve.runtime.Component;
import io.anyserve.v1.ConversationServiceGrpc;
import io.anyserve.v1.ConversationServiceGrpc.ConversationServiceBlockingStub;
import io.anyserve.v1.ConversationServiceGrpc.ConversationServiceStub;
import io.anyserve.v1.DescribeRequestRequest;
import io.anyserve.v1.DescribeRequestResponse;
import io.anyserve.v1.RouterServiceGrpc;
import io.grpc.ManagedChannel;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import io.grpc.stub.StreamObserver;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Asks the router about requests and conversations. Connects with the first question. Thread-safe.
 */
public final class RouterClient implements Component {

  private static final long PATIENCE_SECONDS = 5;

  private final Optional<Supplier<? extends ManagedChannel>> connect;
  private @Nullable ManagedChannel channel;

  /**
   * Not connected.
   *
   * @param connect empty where there is no router to ask
   */
  public RouterClient(Optional<Supplier<? extends ManagedChannel>> connect) {
    this.connect = connect;
  }

  /** Gets one call, from any thread. */
  interface ResponseListener {

    void found(DescribeRequestResponse response);

    /** REQUEST_NOT_FOUND where the router knows nothing of the request. */
    void failed(Failure failure);
  }

  @Override
  public void start() {}

  /** Asks, without waiting. */
  void ask(RequestId request, ResponseListener answer) {
    if (connect.isEmpty()) {
      answer.failed(
          new Failure(
              FailureCode.REQUEST_NOT_FOUND,
              "request_id: "
                  + request
                  + " (expected: a request that waits here; ingress.router is not set)"));
      return;
    }
    var question = DescribeRequestRequest.newBuilder().setRequestId(request.toString()).build();
    RouterServiceGrpc.newStub(channel(connect.get()))
        .withDeadlineAfter(PATIENCE_SECONDS, TimeUnit.SECONDS)
        .describeRequest(question, new Listener(request, answer));
  }

  /**
   * For one call about conversations.
   *
   * @throws FailureException UNIMPLEMENTED where there is no router
   */
  public ConversationServiceStub conversations() {
    return ConversationServiceGrpc.newStub(conversationChannel())
        .withDeadlineAfter(PATIENCE_SECONDS, TimeUnit.SECONDS);
  }

  /** As {@link #conversations}, for a thread that waits for the answer. */
  ConversationServiceBlockingStub awaitedConversations() {
    return ConversationServiceGrpc.newBlockingStub(conversationChannel())
        .withDeadlineAfter(PATIENCE_SECONDS, TimeUnit.SECONDS);
  }

  private ManagedChannel conversationChannel() {
    return channel(
        connect.orElseThrow(
            () ->
                new FailureException(
                    FailureCode.UNIMPLEMENTED,
                    "conversations are kept by the router; ingress.router is not set")));
  }

  private synchronized ManagedChannel channel(Supplier<? extends ManagedChannel> connecting) {
    @Nullable ManagedChannel known = channel;
    if (known == null) {
      known = connecting.get();
      channel = known;
    }
    return known;
  }

  private static Failure failure(RequestId request, Throwable error) {
    Status status = Status.fromThrowable(error);
    return status.getCode() == Status.Code.NOT_FOUND ? notFound(request) : noAnswer(status);
  }

  /** What the router said, or that it said nothing. */
  public static Failure failure(Throwable error) {
    return error instanceof StatusRuntimeException told
        ? GrpcStatuses.read(told).orElseGet(() -> noAnswer(told.getStatus()))
        : noAnswer(Status.fromThrowable(error));
  }

  private static Failure noAnswer(Status status) {
    return new Failure(
        FailureCode.BROKER_UNAVAILABLE,
        "the router does not answer: " + status.getCode() + " " + status.getDescription());
  }

  static Failure notFound(RequestId request) {
    return new Failure(
        FailureCode.REQUEST_NOT_FOUND,
        "request_id: " + request + " (expected: a request of this tenant)");
  }

  @Override
  public synchronized void close() {
    if (channel != null) {
      channel.shutdownNow();
    }
  }

  private static final class Listener implements StreamObserver<DescribeRequestResponse> {

    private final RequestId request;
    private final ResponseListener answer;
    private @Nullable DescribeRequestResponse response;

    Listener(RequestId request, ResponseListener answer) {
      this.request = request;
      this.answer = answer;
    }

    @Override
    public void onNext(DescribeRequestResponse next) {
      response = next;
    }

    @Override
    public void onError(Throwable error) {
      answer.failed(failure(request, error));
    }

    @Override
    public void onCompleted() {
      @Nullable DescribeRequestResponse found = response;
      if (found == null) {
        answer.failed(failure(request, new StatusRuntimeException(Status.INTERNAL)));
      } else {
        answer.found(found);
      }
    }
  }
}
