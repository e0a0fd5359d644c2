package io.anyserve.standalone.simulation;

import io.anyserve.contracts.Failure;
import io.anyserve.contracts.ReplyTo;
import io.anyserve.contracts.event.TokenEvent.Chunk;
import io.anyserve.contracts.event.TokenEvent.Finished;
import io.anyserve.contracts.event.TokenEvent.Started;
import io.anyserve.ingress.response.AssignedPartitions;
import io.anyserve.ingress.response.ResponseLimits;
import io.anyserve.ingress.response.ResponseMetrics;
import io.anyserve.ingress.response.ResponseSink;
import io.anyserve.ingress.response.ResponseStream;
import io.anyserve.ingress.response.ResponseStreams;
import io.anyserve.ingress.response.ResumeTokenCodec;
import io.anyserve.ingress.response.StreamCallbacks;
import io.anyserve.ingress.response.StreamHandle;
import io.anyserve.runtime.trace.GenAiOperation;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** The ingress that took the requests in: its own replies, and callers that read at their pace. */
final class LiveCallers implements Actor {

  private static final int PARTITION = 0;
  private static final Duration WAIT = Duration.ofHours(1);

  /** Room for the events of as many attempts as a simulation brings. */
  private static final ResponseLimits PATIENT =
      new ResponseLimits(64, 64, 10_000, 1 << 20, Duration.ZERO);

  private final TokenTopicModel log;
  private final Dice dice;
  private final List<Caller> callers = new ArrayList<>();
  private final ResponseStreams replies =
      new ResponseStreams(
          PATIENT,
          new ResponseMetrics(new SimpleMeterRegistry()),
          new StreamCallbacks((_, _) -> {}, _ -> {}, LiveCallers::neverBehind),
          new AssignedPartitions(),
          new ResumeTokenCodec(new byte[ResumeTokenCodec.MIN_KEY_BYTES]),
          () -> 0);
  private long next;

  LiveCallers(TokenTopicModel log, Dice dice) {
    this.log = log;
    this.dice = dice;
  }

  /** Before the request is published. */
  void call(Order order, Agreement agreement) {
    Caller caller = new Caller(agreement);
    var address = new ReplyTo(PARTITION, 0);
    var ticket = new StreamHandle(order.id(), order.context().session(), address, "");
    caller.reply =
        replies.open(
            ticket,
            order.context().tenant(),
            WAIT,
            GenAiOperation.TEXT_COMPLETION,
            Optional.empty(),
            caller);
    caller.reply.send();
    callers.add(caller);
  }

  /** Streams here are shorter than what an ingress keeps for a caller that hesitates. */
  private static void neverBehind(ResponseStream reply) {
    throw new IllegalStateException("a caller of a short stream fell behind");
  }

  @Override
  public boolean ready() {
    return next < log.end();
  }

  @Override
  public void step() {
    Entry entry = log.at(next);
    replies.receive(PARTITION, next++, 0, entry.key(), entry.value());
    if (dice.percent(20)) {
      dice.oneOf(callers).hesitate(dice.percent(50));
    }
  }

  /** All callers read what there is. */
  void settle() {
    callers.forEach(caller -> caller.hesitate(false));
  }

  int ended() {
    return (int) callers.stream().filter(caller -> caller.ended).count();
  }

  /** What a connection is told, noted down. */
  private static final class Caller implements ResponseSink {

    private final Agreement agreement;
    private @Nullable ResponseStream reply;
    private boolean hesitant;
    private int chunks;
    private boolean ended;

    Caller(Agreement agreement) {
      this.agreement = agreement;
    }

    void hesitate(boolean now) {
      hesitant = now;
      if (!now && reply != null) {
        reply.drain();
      }
    }

    @Override
    public boolean ready() {
      return !hesitant;
    }

    @Override
    public void opened(ResponseStream opened) {}

    @Override
    public void accepted() {}

    @Override
    public void started(int attempt, Started started) {}

    @Override
    public void chunk(Chunk chunk) {
      agreement.chunk("the ingress", chunks++, chunk);
    }

    @Override
    public void finished(Finished finished) {
      end(Ending.FINISHED);
    }

    @Override
    public void failed(Failure failure) {
      end(Ending.of(failure.code()));
    }

    private void end(Ending ending) {
      agreement.end("the ingress", chunks, ending);
      ended = true;
    }
  }
}
