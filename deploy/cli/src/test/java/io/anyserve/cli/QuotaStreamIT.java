package io.anyserve.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.anyserve.contracts.FailureCode;
import io.anyserve.contracts.codec.GrpcStatuses;
import io.anyserve.standalone.RunningServices;
import io.anyserve.v1.InferStreamRequest;
import io.anyserve.v1.Inference;
import io.anyserve.v1.InferenceServiceGrpc;
import io.anyserve.v1.InferenceServiceGrpc.InferenceServiceBlockingStub;
import io.anyserve.v1.StreamEvent;
import io.grpc.Metadata;
import io.grpc.StatusRuntimeException;
import io.grpc.stub.MetadataUtils;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicReference;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A quota that is used up in mid-stream, with all services, from what callers receive. */
final class QuotaStreamIT {

  private static final Metadata.Key<String> LIMIT =
      Metadata.Key.of("anyserve-quota-limit", Metadata.ASCII_STRING_MARSHALLER);
  private static final int QUOTA = 250;
  private static final int CALLERS = 20;
  private static final int LONG_ANSWER = 60;

  /** Tokens that came, and why no more did; nothing where the answer was whole. */
  private record Answer(int tokens, String end) {}

  @TempDir Path data;

  @Test
  void streamsEndBehindTheLastTokenThatFits() throws Exception {
    try (RunningServices running = RunningServices.simulated(data)) {
      limit(running, "limited", QUOTA);
      limit(running, "probe", 1_000_000);
      awaitLimits(running);

      List<Answer> answers = ask(running);

      List<Answer> begun = answers.stream().filter(answer -> answer.tokens() > 0).toList();
      int received = begun.stream().mapToInt(Answer::tokens).sum();
      var usage = running.usage("limited", begun.size());
      assertEquals(received, usage.getCompletionTokens());
      assertTrue(received + usage.getPromptTokens() <= QUOTA, () -> "overshoot: " + usage);
      assertTrue(
          begun.stream().anyMatch(answer -> answer.tokens() == LONG_ANSWER), begun::toString);
      assertTrue(
          begun.stream().anyMatch(answer -> answer.end().equals("QUOTA_EXHAUSTED")),
          () -> "stopped in mid-stream: " + answers);
      assertTrue(
          answers.stream().noneMatch(answer -> answer.tokens() == 0 && answer.end().isEmpty()),
          answers::toString);
    }
  }

  private static void limit(RunningServices running, String session, int tokens) {
    Said said =
        Said.by(
            "quota",
            "set",
            "--tenant=default",
            "--session=" + session,
            "--tokens-per-day=" + tokens,
            "--kafka=" + running.bootstrapServers());
    assertEquals(0, said.exitCode(), said.err());
  }

  /** Policies take effect in the order of the log: who knows the last one knows all. */
  private static void awaitLimits(RunningServices running) {
    Awaitility.await()
        .atMost(RunningServices.PATIENCE)
        .until(
            () -> {
              var trailers = new AtomicReference<Metadata>();
              stub(running, trailers)
                  .inferStream(request("probe", 1))
                  .forEachRemaining(message -> {});
              return trailers.get().containsKey(LIMIT);
            });
  }

  private static List<Answer> ask(RunningServices running) throws Exception {
    try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
      List<Future<Answer>> calls = new ArrayList<>();
      for (int i = 0; i < CALLERS; i++) {
        calls.add(threads.submit(() -> answer(running)));
      }
      List<Answer> answers = new ArrayList<>();
      for (Future<Answer> call : calls) {
        answers.add(call.get());
      }
      return answers;
    }
  }

  private static Answer answer(RunningServices running) {
    int tokens = 0;
    try {
      Iterator<StreamEvent> messages =
          stub(running, new AtomicReference<>()).inferStream(request("limited", LONG_ANSWER));
      while (messages.hasNext()) {
        tokens += messages.next().getChunk().getTokens();
      }
      return new Answer(tokens, "");
    } catch (StatusRuntimeException e) {
      FailureCode code = GrpcStatuses.read(e).orElseThrow().code();
      return new Answer(tokens, code.name());
    }
  }

  private static InferenceServiceBlockingStub stub(
      RunningServices running, AtomicReference<Metadata> trailers) {
    return InferenceServiceGrpc.newBlockingStub(running.channel())
        .withInterceptors(
            MetadataUtils.newCaptureMetadataInterceptor(new AtomicReference<>(), trailers));
  }

  private static InferStreamRequest request(String session, int tokens) {
    Inference inference =
        RunningServices.inference(
            "story", session, RunningServices.text("Once upon a time"), tokens);
    return InferStreamRequest.newBuilder().setInference(inference).build();
  }
}
