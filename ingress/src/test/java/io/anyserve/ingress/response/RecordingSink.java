package io.anyserve.ingress.response;

import io.anyserve.contracts.Failure;
import io.anyserve.contracts.event.TokenEvent.Chunk;
import io.anyserve.contracts.event.TokenEvent.Finished;
import io.anyserve.contracts.event.TokenEvent.Started;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.CopyOnWriteArrayList;
import org.jspecify.annotations.Nullable;

/** Writes down what it hears, and takes as much as the test lets it. */
public class RecordingSink implements ResponseSink {

  final List<String> heard = new CopyOnWriteArrayList<>();
  final List<String> tokens = new CopyOnWriteArrayList<>();
  volatile boolean ready = true;
  volatile String said = "";
  private volatile @Nullable ResponseStream opened;

  /** The one opened last. */
  public ResponseStream stream() {
    return Objects.requireNonNull(opened, "nothing was opened");
  }

  public List<String> heard() {
    return List.copyOf(heard);
  }

  @Override
  public boolean ready() {
    return ready;
  }

  @Override
  public void opened(ResponseStream stream) {
    opened = stream;
    heard.add("opened");
  }

  @Override
  public void accepted() {
    heard.add("accepted");
  }

  @Override
  public void started(int attempt, Started started) {
    heard.add("started " + attempt);
  }

  @Override
  public void chunk(Chunk chunk) {
    heard.add("chunk " + chunk.sequence());
    tokens.add(stream().resumeToken());
  }

  @Override
  public void finished(Finished finished) {
    heard.add("finished");
  }

  @Override
  public void failed(Failure failure) {
    said = failure.message();
    heard.add("failed " + failure.code());
  }
}
