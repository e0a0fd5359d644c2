package io.anyserve.ingress.grpc;

import io.anyserve.contracts.CancelReason;
import io.anyserve.contracts.Failure;
import io.anyserve.contracts.FailureCode;
import io.anyserve.contracts.FailureException;
import io.anyserve.contracts.RequestId;
import io.anyserve.contracts.TenantId;
import io.anyserve.ingress.kafka.RequestPublisher;
import io.anyserve.ingress.response.RecentRequest;
import io.anyserve.ingress.response.ResponseStream;
import io.anyserve.ingress.response.ResponseStreams;
import io.anyserve.v1.CancelResponse;
import io.anyserve.v1.DescribeRequestResponse;
import io.anyserve.v1.GetRequestResponse;
import io.anyserve.v1.RequestState;
import io.grpc.stub.StreamObserver;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.function.Consumer;

/**
 * What a caller can do with a request of which it knows the id only, on whichever ingress it is.
 * Never blocks: the router answers later.
 */
public final class RequestOperations {

  private final ResponseStreams streams;
  private final RequestPublisher log;
  private final RouterClient router;

  public RequestOperations(ResponseStreams streams, RequestPublisher log, RouterClient router) {
    this.streams = streams;
    this.log = log;
    this.router = router;
  }

  /**
   * A request that waits here for a worker is known to nobody else yet, and the router comes to
   * know what callers were told here a little later than they do.
   */
  public void describe(
      RequestId request, TenantId tenant, StreamObserver<GetRequestResponse> observer) {
    Optional<ResponseStream> waiting = here(request, tenant).filter(ResponseStream::waitsForWorker);
    if (waiting.isPresent()) {
      tell(accepted(waiting.get()), observer);
    } else {
      describe(request, tenant, streams.recent(request, tenant), observer);
    }
  }

  private void describe(
      RequestId request,
      TenantId tenant,
      Optional<RecentRequest> seen,
      StreamObserver<GetRequestResponse> observer) {
    ask(
        request,
        tenant,
        observer,
        found -> tell(latest(request, found, seen), observer),
        failure ->
            seen.ifPresentOrElse(
                known -> tell(RecentRequestMapper.of(request, known), observer),
                () -> observer.onError(GrpcErrors.of(failure))));
  }

  /**
   * The router's word, which has the times; not where the end was told here before it. Of a stream
   * that was resumed midway nothing but the end is known here.
   */
  private static GetRequestResponse latest(
      RequestId request, GetRequestResponse found, Optional<RecentRequest> seen) {
    return switch (found.getState()) {
      case REQUEST_STATE_FINISHED, REQUEST_STATE_FAILED, REQUEST_STATE_CANCELLED -> found;
      case REQUEST_STATE_UNSPECIFIED, REQUEST_STATE_ACCEPTED, REQUEST_STATE_RUNNING, UNRECOGNIZED ->
          seen.flatMap(known -> known.end().map(end -> ended(request, found, known, end)))
              .orElse(found);
    };
  }

  private static GetRequestResponse ended(
      RequestId request, GetRequestResponse found, RecentRequest seen, RecentRequest.End end) {
    return seen.run().isPresent()
        ? RecentRequestMapper.of(request, seen)
        : RecentRequestMapper.ended(found, end);
  }

  /** Fails with a FailureException, REQUEST_NOT_FOUND where the tenant has none in flight. */
  public CompletableFuture<Void> cancel(RequestId request, TenantId tenant) {
    var cancelled = new CompletableFuture<Void>();
    cancel(
        request,
        tenant,
        new StreamObserver<>() {
          @Override
          public void onNext(CancelResponse response) {}

          @Override
          public void onError(Throwable error) {
            cancelled.completeExceptionally(
                new FailureException(RouterClient.failure(error), error));
          }

          @Override
          public void onCompleted() {
            cancelled.complete(null);
          }
        });
    return cancelled;
  }

  void cancel(RequestId request, TenantId tenant, StreamObserver<CancelResponse> observer) {
    if (here(request, tenant).isPresent()) {
      stop(request, observer);
    } else {
      ask(
          request,
          tenant,
          observer,
          found -> cancelFound(request, found, observer),
          failure -> observer.onError(GrpcErrors.of(failure)));
    }
  }

  private void cancelFound(
      RequestId request, GetRequestResponse found, StreamObserver<CancelResponse> observer) {
    switch (found.getState()) {
      case REQUEST_STATE_FINISHED, REQUEST_STATE_FAILED, REQUEST_STATE_CANCELLED ->
          observer.onError(
              GrpcErrors.of(
                  new Failure(
                      FailureCode.REQUEST_NOT_FOUND,
                      "request_id: " + request + " (expected: a request in flight)")));
      case REQUEST_STATE_UNSPECIFIED, REQUEST_STATE_ACCEPTED, REQUEST_STATE_RUNNING, UNRECOGNIZED ->
          stop(request, observer);
    }
  }

  private void stop(RequestId request, StreamObserver<CancelResponse> observer) {
    log.cancel(
        request,
        CancelReason.EXPLICIT,
        failure ->
            failure.ifPresentOrElse(
                found -> observer.onError(GrpcErrors.of(found)),
                () -> tell(CancelResponse.getDefaultInstance(), observer)));
  }

  private Optional<ResponseStream> here(RequestId request, TenantId tenant) {
    return streams.find(request).filter(stream -> stream.tenant().equals(tenant));
  }

  /** On the router's thread: the caller is told whatever is thrown. */
  private static void telling(StreamObserver<?> observer, Runnable step) {
    try {
      step.run();
    } catch (RuntimeException | Error e) {
      observer.onError(GrpcErrors.of(e));
    }
  }

  /** Another tenant's request is not there. */
  private void ask(
      RequestId request,
      TenantId tenant,
      StreamObserver<?> observer,
      Consumer<GetRequestResponse> found,
      Consumer<Failure> failed) {
    router.ask(
        request,
        new RouterClient.ResponseListener() {
          @Override
          public void found(DescribeRequestResponse response) {
            if (response.getTenant().equals(tenant.value())) {
              telling(observer, () -> found.accept(response.getRequest()));
            } else {
              failed(RouterClient.notFound(request));
            }
          }

          @Override
          public void failed(Failure failure) {
            telling(observer, () -> failed.accept(failure));
          }
        });
  }

  private static GetRequestResponse accepted(ResponseStream stream) {
    return GetRequestResponse.newBuilder()
        .setRequestId(stream.handle().request().toString())
        .setState(RequestState.REQUEST_STATE_ACCEPTED)
        .setSession(stream.handle().session().value())
        .build();
  }

  private static <R> void tell(R response, StreamObserver<R> observer) {
    observer.onNext(response);
    observer.onCompleted();
  }
}
