package io.anyserve.cli.request;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.anyserve.contracts.Failure;
import io.anyserve.contracts.FailureCode;
import io.anyserve.contracts.codec.GrpcStatuses;
import io.anyserve.v1.InferStreamRequest;
import io.anyserve.v1.InferenceServiceGrpc;
import io.anyserve.v1.InferenceServiceGrpc.InferenceServiceImplBase;
import io.anyserve.v1.ResumeRequest;
import io.anyserve.v1.StreamAccepted;
import io.anyserve.v1.StreamChunk;
import io.anyserve.v1.StreamEvent;
import io.anyserve.v1.StreamFinished;
import io.grpc.ManagedChannel;
import io.grpc.Server;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import io.grpc.netty.shaded.io.grpc.netty.NettyChannelBuilder;
import io.grpc.netty.shaded.io.grpc.netty.NettyServerBuilder;
import io.grpc.stub.StreamObserver;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.LinkedBlockingQueue;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** A client whose connection breaks. */
@Timeout(120)
final class ResumableStreamTest {

  private final ScriptedIngress ingress = new ScriptedIngress();
  private Server server;
  private ManagedChannel channel;

  @BeforeEach
  void start() throws IOException {
    server =
        NettyServerBuilder.forAddress(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0))
            .addService(ingress)
            .build()
            .start();
    channel = NettyChannelBuilder.forAddress("127.0.0.1", server.getPort()).usePlaintext().build();
  }

  @AfterEach
  void stop() {
    channel.shutdownNow();
    server.shutdownNow();
  }

  @Test
  void itGoesOnBehindItsLastChunk() throws IOException {
    ingress.says(Status.UNAVAILABLE.asRuntimeException(), accepted("t"), chunk(0), chunk(1));
    ingress.says(failure(FailureCode.OVERLOADED));
    ingress.says(failure(FailureCode.SHUTTING_DOWN), accepted("t1"), chunk(2));
    ingress.says(null, accepted("t2"), chunk(3), finished());
    assertEquals(List.of("w0", "w1", "w2", "w3"), read());
    assertEquals(List.of(resume("t1", 2), resume("t1", 2), resume("t2", 3)), ingress.resumed);
  }

  @Test
  void withoutAChunkTheTokenOfTheBeginningIsHandedBack() throws IOException {
    ingress.says(Status.UNAVAILABLE.asRuntimeException(), accepted("t"));
    ingress.says(null, accepted("t"), chunk(0), finished());
    assertEquals(List.of("w0"), read());
    assertEquals(List.of(resume("t", 0)), ingress.resumed);
  }

  @Test
  void whatWasNotAcceptedOrHasFailedIsNotResumed() {
    ingress.says(Status.UNAVAILABLE.asRuntimeException());
    assertThrows(StatusRuntimeException.class, this::read);
    ingress.says(failure(FailureCode.NO_WORKER), accepted("t"), chunk(0));
    assertThrows(StatusRuntimeException.class, this::read);
    assertEquals(List.of(), ingress.resumed);
  }

  @Test
  void itEndsWhenNothingComesAnyMore() {
    ingress.says(Status.UNAVAILABLE.asRuntimeException(), accepted("t"), chunk(0));
    for (int i = 0; i < 20; i++) {
      ingress.says(Status.UNAVAILABLE.asRuntimeException());
    }
    assertThrows(StatusRuntimeException.class, this::read);
    assertEquals(20, ingress.resumed.size());
  }

  private List<String> read() throws IOException {
    List<String> text = new ArrayList<>();
    new ResumableStream(InferenceServiceGrpc.newBlockingStub(channel), Duration.ZERO)
        .read(
            InferStreamRequest.getDefaultInstance(),
            event -> {
              if (event.hasChunk()) {
                text.add(event.getChunk().getText());
              }
            });
    return text;
  }

  private static StatusRuntimeException failure(FailureCode code) {
    return GrpcStatuses.exception(new Failure(code, "as told"), Map.of());
  }

  private static ResumeRequest resume(String token, long from) {
    return ResumeRequest.newBuilder().setResumeToken(token).setFromSequence(from).build();
  }

  private static StreamEvent accepted(String token) {
    return StreamEvent.newBuilder()
        .setAccepted(StreamAccepted.newBuilder().setResumeToken(token))
        .build();
  }

  private static StreamEvent chunk(long sequence) {
    return StreamEvent.newBuilder()
        .setChunk(
            StreamChunk.newBuilder()
                .setSequence(sequence)
                .setText("w" + sequence)
                .setResumeToken("t" + sequence))
        .build();
  }

  private static StreamEvent finished() {
    return StreamEvent.newBuilder().setFinished(StreamFinished.getDefaultInstance()).build();
  }

  /** Answers each call as the test says, in that order. */
  private static final class ScriptedIngress extends InferenceServiceImplBase {

    private final LinkedBlockingQueue<Answer> script = new LinkedBlockingQueue<>();
    private final List<ResumeRequest> resumed = new CopyOnWriteArrayList<>();

    private record Answer(List<StreamEvent> events, @Nullable StatusRuntimeException end) {}

    void says(@Nullable StatusRuntimeException end, StreamEvent... events) {
      script.add(new Answer(List.of(events), end));
    }

    @Override
    public void inferStream(InferStreamRequest request, StreamObserver<StreamEvent> call) {
      answer(call);
    }

    @Override
    public void resume(ResumeRequest request, StreamObserver<StreamEvent> call) {
      resumed.add(request);
      answer(call);
    }

    private void answer(StreamObserver<StreamEvent> call) {
      Answer answer = script.remove();
      answer.events().forEach(call::onNext);
      if (answer.end() == null) {
        call.onCompleted();
      } else {
        call.onError(answer.end());
      }
    }
  }
}
