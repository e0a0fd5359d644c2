package io.anyserve.worker.link;

import io.anyserve.contracts.RequestId;
import io.anyserve.v1.ConnectWorkerRequest;
import io.anyserve.v1.ConnectWorkerResponse;
import io.anyserve.v1.RepublishedRequest;
import io.anyserve.v1.RouterServiceGrpc;
import io.grpc.ManagedChannel;
import io.grpc.Status;
import io.grpc.stub.StreamObserver;
import java.time.Duration;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The call to one router. The executor's thread owns it.
 *
 * <pre>
 * waiting            -- its time has come -->     calling
 * calling            -- first answer -->          connected
 * connected          -- call ends -->             calling      at once
 * calling            -- call ends -->             waiting      twice as long each time, to a second
 * calling, connected -- no answer for 3 s -->     waiting      on a new connection
 * </pre>
 */
final class RouterLink {

  static final Duration FIRST_PAUSE = Duration.ofMillis(50);
  static final Duration LONGEST_PAUSE = Duration.ofSeconds(1);

  /** A router that answers nothing for so long is frozen, or the way to it is gone. */
  static final Duration UNANSWERED = Duration.ofSeconds(3);

  private static final int MOST_DOUBLINGS = 10;
  private static final Logger log = LoggerFactory.getLogger(RouterLink.class);

  private final String name;
  private final Supplier<? extends ManagedChannel> open;
  private final Supplier<ConnectWorkerRequest> keepAlive;
  private final RouterEvents events;
  private final Executor owner;
  private final LongSupplier nanos;
  private ManagedChannel channel;
  private @Nullable StreamObserver<ConnectWorkerRequest> call;
  private int calls;
  private int failures;
  private boolean connectedBefore;
  private long answeredAt;
  private long notBefore;
  private volatile boolean connected;

  /**
   * @param open opens a connection
   * @param owner runs what this link's thread does
   */
  RouterLink(
      String name,
      Supplier<? extends ManagedChannel> open,
      Supplier<ConnectWorkerRequest> keepAlive,
      RouterEvents events,
      Executor owner,
      LongSupplier nanos) {
    this.name = name;
    this.open = open;
    this.keepAlive = keepAlive;
    this.events = events;
    this.owner = owner;
    this.nanos = nanos;
    this.notBefore = nanos.getAsLong();
    this.channel = open.get();
  }

  /** Sends a keep-alive, on a new call where there is none and the time has come. */
  void tick() {
    long now = nanos.getAsLong();
    if (call != null && now - answeredAt > UNANSWERED.toNanos()) {
      log.warn("Router {} does not answer; connecting anew", name);
      reopen(now);
    }
    if (call == null && now - notBefore >= 0) {
      call = begin(now);
    }
    if (call != null) {
      call.onNext(keepAlive.get());
    }
  }

  private void reopen(long now) {
    channel.shutdownNow();
    channel = open.get();
    call = null;
    connected = false;
    notBefore = now;
  }

  private StreamObserver<ConnectWorkerRequest> begin(long now) {
    int number = ++calls;
    answeredAt = now;
    channel.resetConnectBackoff();
    return RouterServiceGrpc.newStub(channel).connectWorker(new Answers(number));
  }

  private void answered(int number) {
    if (number != calls || call == null) {
      return;
    }
    answeredAt = nanos.getAsLong();
    failures = 0;
    if (!connected) {
      connected = true;
      log.info("Connected to router {}", name);
      if (connectedBefore) {
        events.reconnected();
      }
      connectedBefore = true;
    }
  }

  private void ended(int number) {
    if (number != calls || call == null) {
      return;
    }
    call = null;
    if (connected) {
      connected = false;
      log.info("The call to router {} has ended; calling again", name);
      notBefore = nanos.getAsLong();
      tick();
    } else {
      notBefore = nanos.getAsLong() + pause().toNanos();
      failures++;
    }
  }

  private Duration pause() {
    long millis = FIRST_PAUSE.toMillis() << Math.min(failures, MOST_DOUBLINGS);
    return Duration.ofMillis(Math.min(millis, LONGEST_PAUSE.toMillis()));
  }

  /** Whether the router answers. Any thread. */
  boolean connected() {
    return connected;
  }

  /** Says a last word and waits for no answer. */
  void leave(ConnectWorkerRequest goodbye) {
    StreamObserver<ConnectWorkerRequest> last = call;
    call = null;
    connected = false;
    if (last != null) {
      last.onNext(goodbye);
      last.onCompleted();
    }
    channel.shutdown();
  }

  /** Returns when what was said last has arrived; false when it did not in time. */
  boolean awaitClosed(Duration atMost) throws InterruptedException {
    boolean closed = channel.awaitTermination(atMost.toMillis(), TimeUnit.MILLISECONDS);
    channel.shutdownNow();
    return closed;
  }

  /** What the router says on one call. A thread of gRPC. */
  private final class Answers implements StreamObserver<ConnectWorkerResponse> {

    private final int number;

    Answers(int number) {
      this.number = number;
    }

    @Override
    public void onNext(ConnectWorkerResponse answer) {
      for (RepublishedRequest again : answer.getRepublishedList()) {
        events.superseded(RequestId.of(again.getRequestId().toByteArray()), again.getAttempt());
      }
      owner.execute(() -> answered(number));
    }

    @Override
    public void onError(Throwable cause) {
      log.debug("The call to router {} ended: {}", name, Status.fromThrowable(cause));
      owner.execute(() -> ended(number));
    }

    @Override
    public void onCompleted() {
      owner.execute(() -> ended(number));
    }
  }
}
