package io.anyserve.router.status;

import io.anyserve.v1.DescribeRequestRequest;
import io.anyserve.v1.DescribeRequestResponse;
import io.anyserve.v1.RouterServiceGrpc;
import io.grpc.Channel;
import io.grpc.Grpc;
import io.grpc.InsecureChannelCredentials;
import io.grpc.ManagedChannel;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.streams.state.HostInfo;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The connections to other routers, and questions about requests over them. Thread-safe. */
public final class PeerRouters implements AutoCloseable {

  private static final Logger log = LoggerFactory.getLogger(PeerRouters.class);
  private static final int ANSWER_SECONDS = 1;

  private final Map<HostInfo, ManagedChannel> channels = new ConcurrentHashMap<>();

  /** What that router knows; empty when it knows nothing or does not answer. */
  Optional<DescribeRequestResponse> ask(HostInfo router, String request) {
    try {
      return Optional.of(
          RouterServiceGrpc.newBlockingStub(channel(router))
              .withDeadlineAfter(ANSWER_SECONDS, TimeUnit.SECONDS)
              .describeRequest(
                  DescribeRequestRequest.newBuilder()
                      .setRequestId(request)
                      .setLocalOnly(true)
                      .build()));
    } catch (StatusRuntimeException e) {
      if (e.getStatus().getCode() != Status.Code.NOT_FOUND) {
        log.debug("Router {} did not answer: {}", router, e.getStatus());
      }
      return Optional.empty();
    }
  }

  /** The one connection to that router, which is made when it is used. */
  public Channel channel(HostInfo router) {
    return channels.computeIfAbsent(router, PeerRouters::open);
  }

  private static ManagedChannel open(HostInfo router) {
    return Grpc.newChannelBuilderForAddress(
            router.host(), router.port(), InsecureChannelCredentials.create())
        .build();
  }

  @Override
  public void close() {
    channels.values().forEach(ManagedChannel::shutdownNow);
  }
}
