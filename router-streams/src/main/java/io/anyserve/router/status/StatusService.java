package io.anyserve.router.status;

import io.anyserve.contracts.Failure;
import io.anyserve.contracts.FailureCode;
import io.anyserve.contracts.RequestId;
import io.anyserve.contracts.codec.GrpcStatuses;
import io.anyserve.router.recovery.TrackedRequest;
import io.anyserve.router.recovery.TrackedRequest.Running;
import io.anyserve.runtime.streams.StreamsConfigs;
import io.anyserve.v1.DescribeRequestRequest;
import io.anyserve.v1.DescribeRequestResponse;
import io.grpc.StatusRuntimeException;
import io.grpc.stub.StreamObserver;
import java.net.InetSocketAddress;
import java.util.Map;
import java.util.Optional;
import java.util.function.Supplier;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.streams.state.HostInfo;

/**
 * Answers questions about requests: from their events while they run, from the ledger afterwards.
 * It asks other routers about requests that this one does not know. Any thread that may wait calls
 * it.
 */
final class StatusService {

  private final RequestStatusLookup status;
  private final PeerRouters others;
  private final Supplier<InetSocketAddress> own;

  /**
   * @param own the address that others reach this one at
   */
  StatusService(RequestStatusLookup status, PeerRouters others, Supplier<InetSocketAddress> own) {
    this.status = status;
    this.others = others;
    this.own = own;
  }

  void describeRequest(
      DescribeRequestRequest asked, StreamObserver<DescribeRequestResponse> caller) {
    try {
      caller.onNext(describe(asked));
      caller.onCompleted();
    } catch (StatusRuntimeException e) {
      caller.onError(e);
    } catch (KafkaException e) {
      caller.onError(refusal(FailureCode.BROKER_UNAVAILABLE, e.toString(), asked));
    } catch (IllegalArgumentException e) {
      caller.onError(refusal(FailureCode.INVALID_REQUEST, String.valueOf(e.getMessage()), asked));
    }
  }

  private DescribeRequestResponse describe(DescribeRequestRequest asked) {
    RequestId id = RequestId.parse(asked.getRequestId());
    Optional<TrackedRequest> inFlight = status.inFlight(id);
    return inFlight
        .filter(Running.class::isInstance)
        .map(known -> StatusMapper.of(id, known))
        .or(() -> status.entry(id).map(StatusMapper::of))
        .or(() -> asked.getLocalOnly() ? Optional.empty() : elsewhere(asked.getRequestId()))
        .or(() -> inFlight.map(known -> StatusMapper.of(id, known)))
        .orElseThrow(() -> unknown(asked));
  }

  private Optional<DescribeRequestResponse> elsewhere(String request) {
    return status.instances().stream()
        .filter(router -> !isThis(router))
        .flatMap(router -> others.ask(router, request).stream())
        .findFirst();
  }

  private boolean isThis(HostInfo router) {
    return StreamsConfigs.applicationServer(own.get()).equals(router.host() + ":" + router.port());
  }

  private StatusRuntimeException unknown(DescribeRequestRequest asked) {
    return status.complete()
        ? refusal(FailureCode.REQUEST_NOT_FOUND, "no event of the request is known", asked)
        : refusal(FailureCode.BROKER_UNAVAILABLE, "the router is not ready yet", asked);
  }

  private static StatusRuntimeException refusal(
      FailureCode code, String message, DescribeRequestRequest asked) {
    return GrpcStatuses.exception(
        new Failure(code, message), Map.of("request_id", asked.getRequestId()));
  }
}
