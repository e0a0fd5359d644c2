package io.anyserve.chaos.client;

import io.anyserve.chaos.client.ClientObservation.End;
import io.anyserve.contracts.RequestId;
import io.anyserve.v1.CancelRequest;
import io.anyserve.v1.CancelResponse;
import io.anyserve.v1.InferRequest;
import io.anyserve.v1.InferResponse;
import io.anyserve.v1.InferStreamRequest;
import io.anyserve.v1.ResumeRequest;
import io.anyserve.v1.StreamAccepted;
import io.anyserve.v1.StreamChunk;
import io.anyserve.v1.StreamEvent;
import io.anyserve.v1.StreamFinished;
import io.anyserve.v1.StreamStarted;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * One caller and its request, from the first try to the end. A good client: before acceptance it
 * tries again under the same key at another door, afterwards it resumes there; it does so too when
 * a door no longer says that it is well, or says nothing else for long. Thread-safe.
 */
public final class ChaosClient {

  private static final long PATIENCE = Duration.ofMinutes(2).toNanos();

  /** A request that so many later ones overtook is forgotten. */
  private static final int OVERTAKEN = 300;

  private static final long LONGEST_PAUSE_MILLIS = 1000;
  private static final int CHUNKS_BEFORE_LEAVING = 3;

  private final TestRequest ask;
  private final ClientPool traffic;
  private final long begin;
  private final int endedBefore;
  private final StreamText text = new StreamText();
  private final StreamListener pieces = new Pieces();
  private final List<Stall> gaps = new ArrayList<>(2);
  private final ChunkTimes chunks;
  private int door;
  private int tries;
  private int resumed;
  private Optional<RequestId> id = Optional.empty();
  private String resumeToken = "";
  private String worker = "";
  private long lastEvent;
  private long lastSign;
  private @Nullable OpenCall call;
  private boolean leaving;
  private boolean over;

  ChaosClient(TestRequest ask, int door, ClientPool traffic) {
    this.ask = ask;
    this.door = door;
    this.traffic = traffic;
    this.begin = traffic.now();
    this.chunks = new ChunkTimes(begin);
    this.endedBefore = traffic.ended() + traffic.open().size();
    this.lastEvent = begin;
    this.lastSign = begin;
  }

  /** The worker that was said to have it last; empty before. */
  public synchronized String worker() {
    return worker;
  }

  /** The ingress that it is connected to. */
  public synchronized int door() {
    return door;
  }

  /** Only streams show a gap as such. */
  public boolean streams() {
    return ask.way().streams();
  }

  /** The longest silence that began in the stretch; 0 where there was none to speak of. */
  public synchronized long longestGap(long from, long until) {
    return gaps.stream()
        .filter(gap -> gap.beginsIn(from, until))
        .mapToLong(Stall::length)
        .max()
        .orElse(0);
  }

  /** The longest silence that lasted beyond that moment; 0 where there was none to speak of. */
  public synchronized long longestGapAfter(long at) {
    return gaps.stream().filter(gap -> gap.to() >= at).mapToLong(Stall::length).max().orElse(0);
  }

  /** How long it waited for its chunks, until now. */
  public synchronized ChunkTimes chunkTimes() {
    return chunks.copy();
  }

  /** Tokens that it has. */
  public synchronized long tokens() {
    return text.tokens();
  }

  synchronized void attempt() {
    if (over) {
      return;
    }
    lastSign = traffic.now();
    if (!resumeToken.isEmpty()) {
      resume();
      return;
    }
    switch (ask.way()) {
      case STREAM -> stream();
      case EVENTS -> call = traffic.httpStreams().begin(ask, traffic.http(door), pieces);
      case CHAT -> call = traffic.httpStreams().chat(ask, traffic.http(door), pieces);
      case WHOLE -> whole();
      case INTAKE -> throw new IllegalStateException("way: INTAKE (expected: a call)");
    }
  }

  private void stream() {
    var hearing =
        new CancellableCall<InferStreamRequest, StreamEvent>(this::on, this::on, this::cut);
    call = hearing;
    traffic
        .stub(door, ask.key())
        .inferStream(
            InferStreamRequest.newBuilder().setInference(ask.inference()).build(), hearing);
  }

  private void whole() {
    var hearing = new CancellableCall<InferRequest, InferResponse>(this::on, this::on, this::cut);
    call = hearing;
    traffic
        .stub(door, ask.key())
        .infer(InferRequest.newBuilder().setInference(ask.inference()).build(), hearing);
  }

  private void resume() {
    switch (ask.way()) {
      case STREAM, WHOLE, INTAKE -> resumeCall();
      case EVENTS -> call = traffic.httpStreams().resume(resumeToken, traffic.http(door), pieces);
      case CHAT ->
          call = traffic.httpStreams().resumeChat(ask, resumeToken, traffic.http(door), pieces);
    }
  }

  private void resumeCall() {
    var hearing = new CancellableCall<ResumeRequest, StreamEvent>(this::on, this::on, this::cut);
    call = hearing;
    traffic
        .stub(door, Optional.empty())
        .resume(
            ResumeRequest.newBuilder()
                .setResumeToken(resumeToken)
                .setFromSequence(text.next())
                .build(),
            hearing);
  }

  private synchronized void on(StreamEvent message) {
    sign();
    switch (message.getEventCase()) {
      case ACCEPTED -> accepted(message.getAccepted());
      case STARTED -> started(message.getStarted());
      case CHUNK -> chunk(message.getChunk());
      case FINISHED -> finished(message.getFinished());
      case EVENT_NOT_SET -> {}
    }
  }

  private synchronized void on(InferResponse answer) {
    id = Optional.of(RequestId.parse(answer.getRequestId()));
    long tokens = answer.getUsage().getCompletionTokens();
    text.whole(answer.getOutput().getText(), tokens);
    end(End.FINISHED, "", tokens);
  }

  private void sign() {
    long now = traffic.now();
    if (now - lastEvent >= Stall.LEAST_NANOS) {
      gaps.add(new Stall(lastEvent, now));
    }
    lastEvent = now;
    lastSign = now;
    traffic.progressed(now);
  }

  private void accepted(StreamAccepted message) {
    id = Optional.of(RequestId.parse(message.getRequestId()));
    if (resumeToken.isEmpty()) {
      resumeToken = message.getResumeToken();
    }
  }

  private void started(StreamStarted message) {
    worker = message.getWorker();
  }

  private void chunk(StreamChunk chunk) {
    text.add(chunk);
    chunks.add(traffic.now());
    tries = 0;
    keepToken(chunk);
    if (over || leaving || text.next() < CHUNKS_BEFORE_LEAVING) {
      return;
    }
    switch (ask.leave()) {
      case STAYS -> {}
      case CANCELS -> cancel();
      case HANGS_UP -> {
        drop();
        end(End.LEFT, "", -1);
      }
    }
  }

  /** A token that is older than the text would bring chunks again. */
  private void keepToken(StreamChunk chunk) {
    boolean newest = chunk.getSequence() + 1 == text.next() && !chunk.getResumeToken().isEmpty();
    if (newest && ask.resumption() == TestRequest.Resumption.NEWEST_TOKEN) {
      resumeToken = chunk.getResumeToken();
    }
  }

  /** At the next door: any ingress must do. */
  private void cancel() {
    leaving = true;
    var request =
        CancelRequest.newBuilder().setRequestId(id.map(RequestId::toString).orElse("")).build();
    traffic
        .stub(door + 1, Optional.empty())
        .cancel(
            request,
            new CancellableCall<CancelRequest, CancelResponse>(
                _ -> {}, this::notCancelled, () -> {}));
  }

  /** Where the door knows nothing of the request, it has ended; otherwise tried again. */
  private synchronized void notCancelled(StatusRuntimeException failure) {
    leaving = failure.getStatus().getCode() == Status.Code.NOT_FOUND;
  }

  private void finished(StreamFinished message) {
    end(End.FINISHED, "", message.getUsage().getCompletionTokens());
  }

  /** The call was closed without an end of the stream. */
  private synchronized void cut() {
    again();
  }

  private synchronized void on(StatusRuntimeException status) {
    if (over) {
      return;
    }
    traffic.ticket(status).ifPresent(this::accepted);
    on(ClientError.of(status));
  }

  private void on(ClientError refusal) {
    boolean resuming = !resumeToken.isEmpty();
    switch (refusal.meaning(id.isPresent(), resuming)) {
      case PASSES -> again();
      case NO_WAY_BACK -> end(End.GAVE_UP, refusal.code(), -1);
      case NOT_ACCEPTED -> end(End.REFUSED, refusal.code(), -1);
      case CANCELLED -> end(End.CANCELLED, refusal.code(), -1);
      case FAILED -> end(End.FAILED, refusal.code(), -1);
    }
  }

  private void again() {
    if (over) {
      return;
    }
    call = null;
    if (resumeToken.isEmpty()) {
      text.clear();
    } else {
      resumed++;
    }
    door++;
    long pause = Math.min(LONGEST_PAUSE_MILLIS, 10L << Math.min(tries++, 7));
    traffic.later(this::attempt, pause);
  }

  /** Looks after the time, now and then. */
  synchronized void tick(long now) {
    if (over) {
      return;
    }
    if (isForgotten(now)) {
      drop();
      end(End.GAVE_UP, "PATIENCE", -1);
    } else if (call != null && isSilent(now)) {
      drop();
      again();
    }
  }

  /** It brings nothing, though the others go on or because nothing goes on. */
  private boolean isForgotten(long now) {
    return now - lastEvent > PATIENCE
        && (traffic.standsStill(now) || traffic.ended() - endedBefore > OVERTAKEN);
  }

  /**
   * A door that is well may have nothing to say: when everything stands still, callers that hop
   * about only add to it. Who has neither key nor token would begin another request.
   */
  private boolean isSilent(long now) {
    boolean begins = resumeToken.isEmpty() && ask.key().isEmpty();
    return (!begins && traffic.isGone(door, now)) || now - lastSign > traffic.silence();
  }

  private void drop() {
    OpenCall open = call;
    call = null;
    if (open != null) {
      open.drop();
    }
  }

  /** What comes over HTTP. A piece has at least one token; only the usage says how many. */
  private final class Pieces implements StreamListener {

    @Override
    public void accepted(RequestId request, String token) {
      synchronized (ChaosClient.this) {
        sign();
        id = Optional.of(request);
        if (resumeToken.isEmpty()) {
          resumeToken = token;
        }
      }
    }

    @Override
    public void piece(String token, String piece) {
      synchronized (ChaosClient.this) {
        sign();
        chunk(
            StreamChunk.newBuilder()
                .setSequence(text.next())
                .setTokens(1)
                .setText(piece)
                .setResumeToken(token)
                .build());
      }
    }

    @Override
    public void finished(long tokens) {
      synchronized (ChaosClient.this) {
        sign();
        end(End.FINISHED, "", tokens);
      }
    }

    @Override
    public void failed(ClientError error) {
      synchronized (ChaosClient.this) {
        if (!over) {
          on(error);
        }
      }
    }

    @Override
    public void cut() {
      synchronized (ChaosClient.this) {
        again();
      }
    }
  }

  private void end(End how, String code, long told) {
    if (over) {
      return;
    }
    over = true;
    traffic.ended(
        this,
        new ClientObservation(
            ask.index(),
            id,
            how,
            code,
            text.text(),
            text.counts(told, resumed),
            begin,
            traffic.now()));
  }
}
