package io.anyserve.ingress.reply;

import io.anyserve.contracts.Failure;
import io.anyserve.contracts.event.TokenEvent.Chunk;
import io.anyserve.contracts.event.TokenEvent.Finished;
import io.anyserve.contracts.event.TokenEvent.Started;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;

/** Writes down what it hears, and takes as much as the test lets it. */
public final class RecordingSink implements ReplySink {

  final List<String> heard = new CopyOnWriteArrayList<>();
  volatile boolean ready = true;

  public List<String> heard() {
    return List.copyOf(heard);
  }

  @Override
  public boolean ready() {
    return ready;
  }

  @Override
  public void opened(Reply reply) {
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
  }

  @Override
  public void finished(Finished finished) {
    heard.add("finished");
  }

  @Override
  public void failed(Failure failure) {
    heard.add("failed " + failure.code());
  }
}
